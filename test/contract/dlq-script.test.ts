import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { grant, type Wish } from '../../scripts/dlq/grant.ts';
import { systemClock } from '../../src/clock.ts';
import { type Job, RejectedJobError } from '../../src/ports/jobs.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { DatabaseJobs } from '../../src/store/jobs.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { silentTelemetry } from '../setup/silent-telemetry.ts';
import { jobsOf } from './jobs.ts';

describe('The tool for dead jobs', () => {
  let opened: OpenDatabase;
  let queues: DatabaseJobs;
  let dead: readonly Job[];
  let lines: string[];

  beforeAll(async () => {
    opened = await openPglite();
    await migrate(opened.database, 'migrations');
    const common = { clock: systemClock, telemetry: silentTelemetry };
    const options = { owner: randomUUID(), ...common, pollMs: 10 };
    queues = new DatabaseJobs({ database: opened.database, ...options });
  });
  afterAll(async () => {
    await queues.close();
    await opened.close();
  });
  beforeEach(async () => {
    await opened.database.query({ name: 'empty', text: 'delete from job' }, []);
    lines = [];
    dead = jobsOf('payment.refund', 3);
    await queues.publish(dead);
    const consuming = queues.consume('payment.refund', 1, async () => {
      throw new RejectedJobError('no such charge');
    });
    await expect.poll(async () => (await queues.list(9)).length).toBe(3);
    await consuming.end();
  });

  const ask = async (verb: Wish['verb'], more: Partial<Wish> = {}): Promise<boolean> => {
    const say = (line: string) => lines.push(line);
    const wish = { verb, ids: undefined, max: 100, isJson: false, ...more };
    return grant(queues, wish, { log: say, error: say });
  };

  it('lists each with what it is, since when and why', async () => {
    expect(await ask('list')).toBe(true);
    const listed = lines[0]!.split('\n');
    expect(listed.filter((line) => !line.startsWith(' ')).sort()).toEqual(
      dead.map(({ id }) => id).sort(),
    );
    expect(listed[1]).toMatch(/^ {2}payment\.refund, attempt 1, dead since 20..-..-..T/);
    expect(listed[2]).toBe('  RejectedJobError: no such charge');
  });

  it('lists for programs, and at most so many', async () => {
    await ask('list', { isJson: true, max: 2 });
    const listed = JSON.parse(lines[0]!);
    expect(listed).toHaveLength(2);
    expect(listed[0]).toMatchObject({
      kind: 'payment.refund',
      body: { number: expect.any(Number) },
    });
  });

  it('replays all and drops all, and then there is none', async () => {
    await ask('drop', { ids: new Set([dead[0]!.id]) });
    await ask('replay');
    await ask('list');
    await ask('drop', { isJson: true });
    expect(lines).toEqual(['1 dropped.', '2 replayed.', 'No job is dead.', '{"dropped":0}']);
  });

  it('says which names it has not found', async () => {
    expect(await ask('replay', { ids: new Set([dead[0]!.id, 'nobody']) })).toBe(false);
    expect(lines).toEqual(['1 replayed.', '1 not found: npm run dlq -- list shows what is there.']);
  });
});
