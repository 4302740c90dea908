import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { PublicKey, Verify } from '@ingressou/protocol/ticket';
import type { Clock } from '../../ports/clock.ts';
import { threadFile } from '../thread-file.ts';
import { hasSigned } from './node-ed25519.ts';
import { packQuestions, type SignatureQuestion } from './signature-batch.ts';

export interface SignatureThreadsOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** A thread broke, and why. Nobody who asked is told. */
  readonly onBroken: (cause: unknown) => void;
  /** Threads at most; they are started when they are first needed. */
  readonly threads?: number;
}

interface Asked extends SignatureQuestion {
  /** Whose key it is: what an engine made of it is kept by this object. */
  readonly signer: PublicKey;
  readonly tell: (isRight: boolean) => void;
}

interface Thread {
  readonly worker: Worker;
  /** Until its modules are loaded it is asked nothing. */
  isReady: boolean;
  /** What it was asked, in the order in which it answers. */
  readonly batches: Asked[][];
  /** How many questions that is. */
  asked: number;
}

/** A batch is short, so that the first of it are not kept waiting for the last. */
const batchMax = 32;
/** What is answered in the caller's thread before its event loop goes on. */
const hereMax = 8;
/** After a thread has broken, the next one is tried this much later. */
const restartMs = 5_000;

/**
 * Looks at signatures in threads of its own. What a turn of the event loop brings goes there
 * together: handing one question to another thread costs the loop about as much as the work is
 * worth (0.1 ms through libuv's pool, and 0.03 ms in batches of four), so scans of thousands a
 * second do not keep a gateway from its sockets.
 *
 * While no thread is ready, and when one broke, the questions are answered in the caller's thread:
 * later, but rightly. Whoever asks bounds how many wait.
 */
export class SignatureThreads {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #onBroken: (cause: unknown) => void;
  readonly #threadsMax: number;
  readonly #threads = new Set<Thread>();
  /** Of this turn of the event loop, and what is still to be answered here. */
  readonly #gathered: Asked[] = [];
  #startsAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor({ clock, onBroken, threads }: SignatureThreadsOptions) {
    this.#clock = clock;
    this.#onBroken = onBroken;
    this.#threadsMax = threads ?? Math.min(4, Math.max(2, availableParallelism() - 1));
  }

  readonly verify: Verify = (signature, message, signer) =>
    new Promise((tell) => {
      // The sockets of this turn have all been read by then.
      if (this.#gathered.length === 0) setImmediate(() => this.#send());
      this.#gathered.push({ signature, message, key: signer.bytes, signer, tell });
    });

  /** Ends the threads. What they were asked is still answered, and what is asked from now on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()));
  }

  #send(): void {
    while (this.#gathered.length > 0) {
      const thread = this.#leastBusy();
      if (thread === undefined) {
        answerHere(this.#gathered.splice(0, hereMax));
        if (this.#gathered.length > 0) setImmediate(() => this.#send());
        return;
      }
      ask(thread, this.#gathered.splice(0, batchMax));
    }
  }

  #leastBusy(): Thread | undefined {
    let least: Thread | undefined;
    for (const thread of this.#threads) {
      if (thread.isReady && (least === undefined || thread.asked < least.asked)) least = thread;
    }
    const isEnough = least?.asked === 0 || this.#threads.size >= this.#threadsMax;
    if (!isEnough && !this.#isClosed && this.#clock.monotonic() >= this.#startsAt) this.#start();
    return least;
  }

  #start(): void {
    const worker = new Worker(threadFile('signature-thread', import.meta.url));
    const thread: Thread = { worker, isReady: false, batches: [], asked: 0 };
    this.#threads.add(thread);
    worker.on('message', (answers: Uint8Array | 'ready') => {
      if (answers === 'ready') thread.isReady = true;
      else tell(thread, answers);
    });
    // `exit` follows, and answers whoever waits for it.
    worker.on('error', (cause) => {
      this.#startsAt = this.#clock.monotonic() + restartMs;
      this.#onBroken(cause);
    });
    worker.on('exit', () => {
      this.#threads.delete(thread);
      for (const batch of thread.batches) answerHere(batch);
    });
    // Signatures alone do not keep a process alive.
    worker.unref();
  }
}

function ask(thread: Thread, batch: Asked[]): void {
  const bytes = packQuestions(batch);
  thread.batches.push(batch);
  thread.asked += batch.length;
  thread.worker.postMessage(bytes, [bytes.buffer]);
}

function tell(thread: Thread, answers: Uint8Array): void {
  const batch = thread.batches.shift() ?? [];
  thread.asked -= batch.length;
  for (const [at, asked] of batch.entries()) asked.tell(answers[at] === 1);
}

function answerHere(batch: readonly Asked[]): void {
  for (const { signature, message, signer, tell } of batch) {
    tell(hasSigned(signature, message, signer));
  }
}
