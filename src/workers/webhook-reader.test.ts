import { beforeEach, describe, expect, it } from 'vitest';
import { silentTelemetry } from '../../test/setup/silent-telemetry.ts';
import { SteppedClock } from '../../test/setup/stepped-clock.ts';
import { type Job, JobsUnavailableError } from '../ports/jobs.ts';
import type { KeptWebhook } from '../ports/webhooks.ts';
import { WebhookReader } from './webhook-reader.ts';

/** Webhooks that wait, in a list; what each asks for is in its body. */
class ListedInbox {
  readonly settled: string[] = [];
  readonly #waiting: KeptWebhook[] = [];
  #heard = (): void => {};

  keep(id: string, asks: string): void {
    this.#waiting.push({ id, source: 'pagarme', body: Buffer.from(asks), receivedAt: 0 });
    this.#heard();
  }

  async waiting(max: number): Promise<readonly KeptWebhook[]> {
    return this.#waiting.slice(0, max);
  }

  async settle(ids: readonly string[], outcome: string): Promise<void> {
    for (const id of ids) {
      const [done] = this.#waiting.splice(
        this.#waiting.findIndex((each) => each.id === id),
        1,
      );
      this.settled.push(`${done?.id} ${outcome}`);
    }
  }

  onKept(heard: () => void): void {
    this.#heard = heard;
  }
}

describe('WebhookReader', () => {
  let clock: SteppedClock;
  let inbox: ListedInbox;
  let published: string[];
  let failed: string[];
  /** Runs while a page is in hand. */
  let meanwhile: () => void;
  let failure: Error | undefined;
  let reader: WebhookReader;

  beforeEach(() => {
    clock = new SteppedClock(0);
    inbox = new ListedInbox();
    [published, failed, failure] = [[], [], undefined];
    meanwhile = () => {};
  });

  /** From then on it hears of what is kept. */
  function start(): void {
    const readers = { pagarme: read, sendgrid: read, whatsapp: read };
    const telemetry = { ...silentTelemetry, failed: (what: string) => void failed.push(what) };
    reader = new WebhookReader({ inbox, jobs: { publish }, clock, telemetry, readers });
    reader.start();
  }

  async function publish(jobs: readonly Job[]): Promise<void> {
    meanwhile();
    meanwhile = () => {};
    if (failure !== undefined) throw failure;
    published.push(jobs.map(({ body }) => body.order).join(' '));
  }

  async function read({ id, body }: KeptWebhook) {
    const order = Buffer.from(body).toString();
    if (order === 'nothing') return 'ignored' as const;
    if (order === 'nonsense') throw new Error('no JSON');
    return [{ id: `check:${id}`, kind: 'payment.check', body: { order } } as const];
  }

  it('reads what came before it began, and settles it when the queues have its jobs', async () => {
    inbox.keep('1', 'a');
    inbox.keep('2', 'b');
    start();
    await clock.settle();
    expect(published).toEqual(['a b']);
    expect(inbox.settled).toEqual(['1 done', '2 done']);
    await reader.close();
  });

  it('reads at once what comes while it reads', async () => {
    start();
    await clock.settle();
    meanwhile = () => inbox.keep('2', 'b');
    inbox.keep('1', 'a');
    await clock.settle();
    expect(published).toEqual(['a', 'b']);
    await reader.close();
  });

  it('asks once for what several webhooks of a page ask for', async () => {
    inbox.keep('1', 'a');
    inbox.keep('2', 'b');
    inbox.keep('3', 'a');
    start();
    await clock.settle();
    expect(published).toEqual(['a b']);
    expect(inbox.settled).toEqual(['1 done', '2 done', '3 done']);
    await reader.close();
  });

  it('notes what nothing comes of, and what nobody can read, and goes on', async () => {
    inbox.keep('1', 'nonsense');
    inbox.keep('2', 'nothing');
    inbox.keep('3', 'a');
    start();
    await clock.settle();
    expect(published).toEqual(['a']);
    expect(inbox.settled).toEqual(['3 done', '2 ignored', '1 broken']);
    expect(failed).toEqual(['read a webhook of pagarme']);
    await reader.close();
  });

  it('keeps all of a page that the queues do not take, and reads it again a second later', async () => {
    failure = new JobsUnavailableError();
    for (let index = 0; index < 100; index += 1) inbox.keep(String(index), `order ${index}`);
    start();
    await clock.settle();
    await clock.settle();
    expect(inbox.settled).toEqual([]);
    expect(failed).toEqual(['read webhooks']);
    failure = undefined;
    await clock.advance(1_000);
    expect(inbox.settled).toHaveLength(100);
    await reader.close();
  });

  it('reads page after page', async () => {
    for (let index = 0; index < 250; index += 1) inbox.keep(String(index), `order ${index}`);
    start();
    await clock.settle();
    expect(published).toHaveLength(3);
    expect(inbox.settled).toHaveLength(250);
    await reader.close();
  });
});
