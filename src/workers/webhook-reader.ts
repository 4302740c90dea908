import type { Clock, Timer } from '../ports/clock.ts';
import type { Job, Jobs } from '../ports/jobs.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type {
  KeptWebhook,
  WebhookInbox,
  WebhookOutcome,
  WebhookSource,
} from '../ports/webhooks.ts';

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
 * would have told. What comes together is read together: a provider says the same thing in several
 * ways at once, and each of them asks for the same job.
 */
export class WebhookReader {
  readonly #options: WebhookReaderOptions;
  #timer: Timer | undefined;
  #round: Promise<void> = Promise.resolve();
  #isRunning = false;
  /** Something came that the page in hand may lack. */
  #isWoken = false;
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
    this.#isWoken = true;
    if (this.#isRunning || this.#isClosed) return;
    this.#isRunning = true;
    this.#timer?.cancel();
    this.#round = this.#readAll().then(() => {
      this.#isRunning = false;
      if (this.#isClosed) return;
      if (this.#isWoken) this.#look();
      else this.#timer = this.#options.clock.after(lookMs, () => this.#look());
    });
  }

  /** Never rejects: what was not settled is read again. */
  async #readAll(): Promise<void> {
    const { inbox, telemetry } = this.#options;
    try {
      while (this.#isWoken && !this.#isClosed) {
        this.#isWoken = false;
        const page = await inbox.waiting(pageMax);
        await this.#readPage(page);
        if (page.length === pageMax) this.#isWoken = true;
      }
    } catch (cause) {
      telemetry.failed('read webhooks', cause);
    }
  }

  /** @throws {JobsUnavailableError}, {WebhooksUnavailableError} the page is read again */
  async #readPage(page: readonly KeptWebhook[]): Promise<void> {
    const { inbox, jobs } = this.#options;
    const read = await Promise.all(page.map((webhook) => this.#read(webhook)));
    const asked = distinct(read.flatMap((each) => each.jobs));
    if (asked.length > 0) await jobs.publish(asked);
    for (const outcome of outcomes) {
      const ids = read.filter((each) => each.outcome === outcome).map(({ id }) => id);
      if (ids.length > 0) await inbox.settle(ids, outcome);
    }
  }

  /** Never rejects: one that breaks its reader must not keep the others from being read. */
  async #read(webhook: KeptWebhook): Promise<Read> {
    const { readers, telemetry } = this.#options;
    const { id, source } = webhook;
    try {
      const read = await readers[source](webhook);
      return typeof read === 'string'
        ? { id, outcome: read, jobs: [] }
        : { id, outcome: 'done', jobs: read };
    } catch (cause) {
      telemetry.failed(`read a webhook of ${source}`, cause);
      return { id, outcome: 'broken', jobs: [] };
    }
  }
}

const outcomes: readonly WebhookOutcome[] = ['done', 'ignored', 'broken'];

/** What came of one webhook. */
interface Read {
  readonly id: string;
  readonly outcome: WebhookOutcome;
  readonly jobs: readonly Job[];
}

/** Of jobs that ask for the same under different ids, the first. */
function distinct(jobs: readonly Job[]): Job[] {
  const byWish = new Map<string, Job>();
  for (const job of jobs) {
    const wish = JSON.stringify([job.kind, job.event, job.body]);
    if (!byWish.has(wish)) byWish.set(wish, job);
  }
  return [...byWish.values()];
}
