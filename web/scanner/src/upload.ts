import { backoffMs, type Random } from '@ingressou/client-sdk/backoff';
import type { Clock, Timer } from '@ingressou/client-sdk/clock';
import {
  type CommandId,
  type EventId,
  type GateCommand,
  type ServerMessage,
  uuid7,
} from '@ingressou/protocol';
import { bytesIn, logText } from '@ingressou/protocol/admission';
import type { ScanLog } from './store/scan-log.ts';

/** What is written is sent this soon, so that scans in a row go together. */
const gatherMs = 300;

/** Longer than the server takes for a hundred scans on its worst day. */
const answerMs = 10_000;

type BatchMessage = Extract<GateCommand, { readonly type: 'scan_batch' }>;

export interface UploadOptions {
  readonly event: EventId;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: ScanLog;
  readonly isLive: () => boolean;
  /** Nothing is left that the server would take. */
  readonly onDone: () => void;
  readonly now: () => number;
  /** Undefined when there was no answer in this time: it may have happened or not. */
  readonly ask: (batch: BatchMessage, withinMs: number) => Promise<ServerMessage | undefined>;
}

/**
 * Brings the log to the server, batch after batch, as long as there is a link. An upload without an
 * answer is sent again: the server knows what it has.
 */
export class Upload {
  readonly #options: UploadOptions;
  #timer: Timer | undefined;
  #failures = 0;
  #running: Promise<void> | undefined;

  constructor(options: UploadOptions) {
    this.#options = options;
  }

  /** Something was written. */
  soon(): void {
    this.#timer ??= this.#options.clock.after(gatherMs, () => this.#again());
  }

  /** Sends all there is; what is left of it is tried again by itself. */
  run(): Promise<void> {
    this.#running ??= this.#round().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  #again(): void {
    this.#timer = undefined;
    void this.run();
  }

  async #round(): Promise<void> {
    const { clock, random, isLive, onDone } = this.#options;
    // A disk that does not give a row or take a receipt may do so later: the server knows what it
    // has. That it does not is shown by the next scan and by the self-test.
    const isDone = await this.#all().catch(() => false);
    const failures = this.#failures;
    this.#failures = isDone ? 0 : failures + 1;
    if (isDone) onDone();
    // Without a link the next handshake starts it.
    else if (isLive())
      this.#timer ??= clock.after(backoffMs(failures, random), () => this.#again());
  }

  /** True when nothing is left that the server would take. */
  async #all(): Promise<boolean> {
    const { log, ask } = this.#options;
    for (;;) {
      const batch = await log.unsentBatch();
      if (batch === undefined) return true;
      const answer = await ask(this.#messageOf(batch), answerMs);
      if (answer?.type !== 'merged') return false;
      const hash = bytesIn(answer.hash) ?? new Uint8Array(0);
      await log.settle({ result: answer.result, upTo: { seq: answer.upTo, hash } });
    }
  }

  #messageOf(batch: Parameters<typeof logText>[0]): BatchMessage {
    const { event, clock, now } = this.#options;
    const id = uuid7<CommandId>(now(), crypto.getRandomValues(new Uint8Array(16)));
    return { type: 'scan_batch', id, event, at: clock.now(), log: logText(batch) };
  }
}
