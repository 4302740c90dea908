import { afterEach, describe, expect, it } from 'vitest';
import { NoServiceError } from '../../scripts/private-process.ts';
import { startRabbitmq } from '../../scripts/private-rabbitmq.ts';
import { systemClock } from '../../src/clock.ts';
import { type JobQueues, JobsUnavailableError } from '../../src/ports/jobs.ts';
import { openRabbitJobs } from '../../src/workers/jobs/rabbitmq.ts';
import { silentTelemetry } from '../setup/silent-telemetry.ts';
import { Desk, idsOf, jobOf, jobsOf } from './jobs.ts';

const patience = { timeout: 30_000 };

describe('RabbitJobs while their broker has trouble', () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  const published = (jobs: JobQueues) =>
    jobs.publish([jobOf('ticket.issue')]).then(() => 'kept', String);

  it('lose nothing when it is killed, and wait while it is short of disk', async (context) => {
    const broker = await startRabbitmq({ mayInstall: false }).catch((failure: unknown) => failure);
    if (broker instanceof NoServiceError) return context.skip(broker.message);
    if (broker instanceof Error) throw broker;
    const server = broker as Awaited<ReturnType<typeof startRabbitmq>>;
    closing.push(() => server.remove());
    const changes: boolean[] = [];
    const telemetry = {
      ...silentTelemetry,
      brokerChanged: (isUp: boolean) => changes.push(isUp),
    };
    const jobs = await openRabbitJobs(server.url, {
      prefix: 'test',
      name: 'test',
      clock: systemClock,
      telemetry,
      retryDelaysMs: [2_000],
      confirmMs: 2_000,
    });
    closing.push(() => jobs.close());

    const waiting = jobsOf('ticket.issue', 200);
    const failing = jobsOf('payment.create', 20);
    const late = jobsOf('export.file', 3);
    const [tickets, payments] = [new Desk(), new Desk()];
    jobs.consume(
      'payment.create',
      20,
      payments.work(({ attempt }) => {
        if (attempt === 1) throw new Error('not yet');
      }),
    );
    await jobs.publish([...waiting, ...failing, ...late]);
    await expect.poll(() => payments.taken.length, patience).toBeGreaterThanOrEqual(20);
    await server.kill();
    await expect.poll(() => published(jobs), patience).toContain('JobsUnavailableError');
    await server.start();
    jobs.consume('ticket.issue', 20, tickets.work());
    await expect.poll(() => payments.idsDone, patience).toEqual(idsOf(failing));
    await expect
      .poll(() => idsOf(waiting).filter((id) => !tickets.idsDone.includes(id)), patience)
      .toEqual([]);

    await server.control('set_disk_free_limit', '1000000GB');
    await expect.poll(() => published(jobs), patience).toContain('JobsUnavailableError');
    const blocked = jobs.publish([jobOf('ticket.issue')]);
    await expect(blocked).rejects.toThrow(JobsUnavailableError);
    await expect(blocked).rejects.toMatchObject({ cause: { name: 'BlockedError' } });
    const exports = new Desk();
    // What is there already is done meanwhile: acknowledgements take another way.
    jobs.consume('export.file', 1, exports.work());
    await expect.poll(() => exports.idsDone, patience).toEqual(idsOf(late));
    await server.control('set_disk_free_limit', '1MB');
    await expect.poll(() => published(jobs), patience).toBe('kept');
    expect(changes).toEqual([true, false, true, false, true]);
  }, 120_000);
});
