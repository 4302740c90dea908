import { Worker } from 'node:worker_threads';
import type { Clock, Timer } from '../../ports/clock.ts';
import {
  DocumentError,
  type Documents,
  DocumentsUnavailableError,
  type TicketDocument,
} from '../../ports/documents.ts';
import { threadFile } from '../thread-file.ts';
import type { RenderJob, RenderResult } from './render-jobs.ts';

export interface DocumentRendererOptions {
  readonly clock: Pick<Clock, 'after'>;
  /** Rendering threads; each has a core when there is something to render. */
  readonly threads?: number;
  /** Documents that wait behind those being made. */
  readonly waitingMax?: number;
  /** How long one may take, once begun. */
  readonly deadlineMs?: number;
}

interface Order {
  readonly document: TicketDocument;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (failure: Error) => void;
}

/** A thread and what it is at; idle without an order. */
interface Thread {
  readonly worker: Worker;
  order?: { readonly id: number; readonly order: Order; readonly deadline: Timer };
}

const memoryMegabytesMax = 256;

/**
 * Renders documents in threads of its own: making one takes milliseconds in which an event loop
 * would stand still. Threads are started when they are first needed, and again after one broke.
 */
export class DocumentRenderer implements Documents {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #threadsMax: number;
  readonly #waitingMax: number;
  readonly #deadlineMs: number;
  readonly #threads = new Set<Thread>();
  readonly #waiting: Order[] = [];
  #ids = 0;
  #isClosed = false;

  constructor(options: DocumentRendererOptions) {
    this.#clock = options.clock;
    this.#threadsMax = options.threads ?? 1;
    this.#waitingMax = options.waitingMax ?? 200;
    this.#deadlineMs = options.deadlineMs ?? 30_000;
  }

  ticketPdf(document: TicketDocument): Promise<Uint8Array> {
    if (this.#isClosed) return Promise.reject(new DocumentError('The renderer is closed.'));
    if (this.#waiting.length >= this.#waitingMax)
      return Promise.reject(new DocumentsUnavailableError());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ document, resolve, reject });
      this.#dispatch();
    });
  }

  /** Ends the threads; what they have not finished is refused. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.splice(0)) {
      reject(new DocumentError('The renderer is closed.'));
    }
    await Promise.all([...this.#threads].map((thread) => thread.worker.terminate()));
  }

  #dispatch(): void {
    const thread = this.#waiting.length === 0 ? undefined : this.#idleThread();
    const order = thread && this.#waiting.shift();
    if (order === undefined || thread === undefined) return;
    this.#ids += 1;
    const id = this.#ids;
    // A thread that hangs cannot be asked to stop.
    const deadline = this.#clock.after(this.#deadlineMs, () => void thread.worker.terminate());
    thread.order = { id, order, deadline };
    const job: RenderJob = { id, document: order.document };
    thread.worker.postMessage(job);
  }

  #idleThread(): Thread | undefined {
    for (const thread of this.#threads) if (thread.order === undefined) return thread;
    return this.#threads.size < this.#threadsMax ? this.#start() : undefined;
  }

  #start(): Thread {
    const resourceLimits = { maxOldGenerationSizeMb: memoryMegabytesMax };
    const worker = new Worker(threadFile('render-thread', import.meta.url), { resourceLimits });
    const thread: Thread = { worker };
    this.#threads.add(thread);
    // A renderer without work does not keep a process alive.
    worker.unref();
    let cause: unknown;
    worker.on('message', (result: RenderResult) => this.#finish(thread, result));
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => this.#bury(thread, cause));
    return thread;
  }

  #finish(thread: Thread, result: RenderResult): void {
    const { order } = this.#take(thread, result.id) ?? {};
    if ('bytes' in result) order?.resolve(result.bytes);
    else order?.reject(new DocumentError('A ticket cannot be drawn.', { cause: result.failure }));
    this.#dispatch();
  }

  /** Whatever ended it, only the document it was at is lost. */
  #bury(thread: Thread, cause: unknown): void {
    this.#threads.delete(thread);
    const words = 'A rendering thread ended before its document was done.';
    this.#take(thread)?.order.reject(new DocumentError(words, { cause }));
    if (!this.#isClosed) this.#dispatch();
  }

  /** What a thread is at, if it is this one; the thread is idle then. */
  #take(thread: Thread, id = thread.order?.id): Thread['order'] {
    const taken = thread.order;
    if (taken === undefined || taken.id !== id) return undefined;
    taken.deadline.cancel();
    delete thread.order;
    return taken;
  }
}
