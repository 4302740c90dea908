import type { Clock, Timer } from '../ports/clock.ts';
import type { Job, Jobs } from '../ports/jobs.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { KeptWebhook, WebhookInbox, WebhookSource } from '../ports/webhooks.ts';

/** What a kept webhook asks for: jobs, or something done at once. */
export type ReadWebhook = (webhook: KeptWebhook) => Promise<readonly Job[] | 'ignored' | 'broken'>;

export interface WebhookReaderOptions {
  readonly inbox: Pick<WebhookInbox, 'waiting' | 'settle' | 'onKept'>;
  readonly jobs: Pick<Jobs, 'publish'>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly readers: Readonly<Record<WebhookSource, ReadWebhook>>;
}

/** How often the inbox is looked at though nobody told of anything. */
const lookMs = 1_000;
const pageMax = 100;

/**
 * Reads webhooks after they are kept: each becomes jobs, and is settled when the queues have them.
 * One that cannot be read is noted as broken and stays for an operator; the poller finds what it
 * would have told.
 */
export class WebhookReader {
  readonly #options: WebhookReaderOptions;
  #timer: Timer | undefined;
  #round: Promise<void> = Promise.resolve();
  #isRunning = false;
  #isClosed = false;

  constructor(options: WebhookReaderOptions) {
    this.#options = options;
    options.inbox.onKept(() => this.#look());
  }

  start(): void {
    this.#look();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#round;
  }

  #look(): void {
    if (this.#isRunning || this.#isClosed) return;
    this.#isRunning = true;
    this.#timer?.cancel();
    this.#round = this.#readAll().then(() => {
      this.#isRunning = false;
      if (!this.#isClosed) this.#timer = this.#options.clock.after(lookMs, () => this.#look());
    });
  }

  /** Never rejects: what was not settled is read again. */
  async #readAll(): Promise<void> {
    const { inbox, telemetry } = this.#options;
    try {
      for (let isMore = true; isMore && !this.#isClosed; ) {
        const page = await inbox.waiting(pageMax);
        for (const webhook of page) await this.#read(webhook);
        isMore = page.length === pageMax;
      }
    } catch (cause) {
      telemetry.failed('read webhooks', cause);
    }
  }

  async #read(webhook: KeptWebhook): Promise<void> {
    const { inbox, jobs, readers, telemetry } = this.#options;
    const read = await readers[webhook.source](webhook).catch((cause: unknown) => {
      // One that breaks its reader must not keep the others from being read.
      telemetry.failed(`read a webhook of ${webhook.source}`, cause);
      return 'broken' as const;
    });
    if (typeof read === 'string') return await inbox.settle(webhook.id, read);
    if (read.length > 0) await jobs.publish(read);
    await inbox.settle(webhook.id, 'done');
  }
}
