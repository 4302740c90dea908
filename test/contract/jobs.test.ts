import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDatabase } from '../../scripts/test-postgres.ts';
import { systemClock } from '../../src/clock.ts';
import { type Job, JobsUnavailableError, jobKinds } from '../../src/ports/jobs.ts';
import { numberIn } from '../../src/store/columns.ts';
import {
  type Database,
  DatabaseUnavailableError,
  type OpenDatabase,
} from '../../src/store/database.ts';
import { DatabaseJobs, type DatabaseJobsOptions, freeJobs } from '../../src/store/jobs.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { silentTelemetry } from '../setup/silent-telemetry.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { Desk, describeJobs, gate, idsOf, jobOf, jobsOf, type OpenJobs } from './jobs.ts';

const url = inject('postgresUrl');
if (url === undefined) skipBecause('DatabaseJobs on pg', inject('postgresMissing') ?? '');
else describeDatabaseJobs('pg', () => openAlone(url));
describeDatabaseJobs('PGlite', () => openPglite());

/** A database in which no node of another suite takes jobs. */
async function openAlone(server: string): Promise<OpenDatabase> {
  const alone = await createDatabase(server, 'a test');
  const opened = openPg(alone.url);
  const close = async (): Promise<void> => {
    await opened.close();
    await alone.close();
  };
  return { ...opened, close };
}

/**
 * Jobs of the dead come back in a second. A busy machine keeps the living from being heard of for
 * much of that, and what they hold must not be given to others meanwhile.
 */
const hasty = { pollMs: 10, heldMs: 1_000, clock: systemClock, telemetry: silentTelemetry };

function jobsIn(database: Database, options: Partial<DatabaseJobsOptions> = {}): DatabaseJobs {
  return new DatabaseJobs({ database, owner: randomUUID(), ...hasty, ...options });
}

/** A line to the database that ends with its process. */
function mortal(database: Database): Database & { die(): void } {
  let isDead = false;
  const check = (): void => {
    if (isDead) throw new DatabaseUnavailableError();
  };
  return {
    die: () => {
      isDead = true;
    },
    query: async (...question) => {
      check();
      return database.query(...question);
    },
    transaction: async (work) => {
      check();
      return database.transaction(work);
    },
  };
}

function describeDatabaseJobs(name: string, open: () => Promise<OpenDatabase>): void {
  let opened: OpenDatabase;
  beforeAll(async () => {
    opened = await open();
    await migrate(opened.database, 'migrations');
  });
  afterAll(() => opened.close());

  describeJobs(`DatabaseJobs on ${name}`, async (settings): Promise<OpenJobs> => {
    await opened.database.query({ name: 'empty', text: 'delete from job' }, []);
    const jobs = jobsIn(opened.database, settings);
    const another = async () => {
      const line = mortal(opened.database);
      const jobs = jobsIn(line, settings);
      return { jobs, die: async () => line.die(), close: () => jobs.close() };
    };
    return { jobs, another, close: () => jobs.close() };
  });

  describe(`DatabaseJobs on ${name} and their table`, () => {
    const open: DatabaseJobs[] = [];
    const jobsWith = (options: Partial<DatabaseJobsOptions> = {}, database = opened.database) => {
      const jobs = jobsIn(database, options);
      open.push(jobs);
      return jobs;
    };
    afterEach(async () => {
      await Promise.all(open.splice(0).map((jobs) => jobs.close()));
      await opened.database.query({ name: 'empty', text: 'delete from job' }, []);
    });
    const column = async ({ id }: Job, text: string): Promise<number | undefined> => {
      const statement = {
        name: `column_${text}`,
        text: `select ${text} as it from job where id = $1`,
      };
      const [row] = await opened.database.query(statement, [id]);
      return row && numberIn(row, 'it');
    };

    it('keep once what is published again while it waits, and forget it when it is done', async () => {
      const jobs = jobsWith();
      const job = jobOf('ticket.issue', { first: true });
      await jobs.publish([job, job]);
      await jobs.publish([{ ...job, body: { first: false } }]);
      const desk = new Desk();
      jobs.consume('ticket.issue', 5, desk.work());
      await expect.poll(() => desk.done).toEqual([{ ...job, attempt: 1 }]);
      await expect.poll(() => column(job, 'attempt')).toBeUndefined();
      await jobs.publish([job]);
      await expect.poll(() => desk.done.length).toBe(2);
    });

    it('hold a job as long as its work takes', async () => {
      const jobs = jobsWith({ heldMs: 3_000 });
      const job = jobOf('export.file');
      await jobs.publish([job]);
      const [desk, door, idle] = [new Desk(), gate(), new Desk()];
      jobs.consume(
        'export.file',
        1,
        desk.work(() => door.opened),
      );
      await expect.poll(() => desk.taken.length).toBe(1);
      jobsWith().consume('export.file', 1, idle.work());
      const heldUntil = () => column(job, 'round(extract(epoch from run_at) * 1000)::bigint');
      // Three times moved ahead is longer than it was first held for.
      for (let time = 0; time < 4; time += 1) {
        const before = await heldUntil();
        await expect.poll(heldUntil).toBeGreaterThan(before!);
      }
      door.open();
      await expect.poll(() => column(job, 'attempt')).toBeUndefined();
      expect(idle.taken).toEqual([]);
    });

    it('let another process have a job whose worker was silent, and keep what that one writes', async () => {
      const line = mortal(opened.database);
      const lost = jobsWith({}, line);
      const job = jobOf('payment.check');
      await lost.publish([job]);
      const [desk, door] = [new Desk(), gate()];
      lost.consume(
        'payment.check',
        1,
        desk.work(() => door.opened),
      );
      await expect.poll(() => desk.taken.length).toBe(1);
      line.die();
      const next = new Desk();
      jobsWith().consume('payment.check', 1, next.work());
      await expect.poll(() => next.done).toEqual([{ ...job, attempt: 1 }]);
      door.open();
    });

    it('have jobs in hand done at once after their only process was killed', async () => {
      const line = mortal(opened.database);
      const killed = jobsWith({ heldMs: 3_600_000 }, line);
      const jobs = jobsOf('ticket.issue', 3);
      await killed.publish(jobs);
      const [desk, door, next] = [new Desk(), gate(), new Desk()];
      killed.consume(
        'ticket.issue',
        3,
        desk.work(() => door.opened),
      );
      await expect.poll(() => desk.taken.length).toBe(3);
      line.die();
      await freeJobs(opened.database);
      jobsWith().consume('ticket.issue', 3, next.work());
      await expect.poll(() => next.idsDone).toEqual(idsOf(jobs));
      door.open();
    });

    it('give back what a taking brings after the end, as if nobody had had it', async () => {
      const [asked, answer] = [gate(), gate()];
      const slow: Database = {
        transaction: (work) => opened.database.transaction(work),
        query: async (statement, values) => {
          const rows = await opened.database.query(statement, values);
          if (statement.name === 'job_take') {
            asked.open();
            await answer.opened;
          }
          return rows;
        },
      };
      const jobs = jobsWith({ heldMs: 3_600_000 }, slow);
      const published = jobsOf('ticket.issue', 3);
      await jobs.publish(published);
      const [desk, next] = [new Desk(), new Desk()];
      const consuming = jobs.consume('ticket.issue', 3, desk.work());
      await asked.opened;
      const ended = consuming.end();
      answer.open();
      await ended;
      expect(desk.taken).toEqual([]);
      for (const job of published) expect(await column(job, 'deliveries')).toBe(0);
      jobsWith({}).consume('ticket.issue', 3, next.work());
      await expect.poll(() => next.idsDone).toEqual(idsOf(published));
    });

    it('say unavailable while the database is away, and go on when it is back', async () => {
      const told: string[] = [];
      const telemetry = { ...silentTelemetry, failed: (what: string) => told.push(what) };
      let isAway = true;
      const flaky: Database = {
        transaction: (work) => opened.database.transaction(work),
        query: async (...question) => {
          if (isAway) throw new DatabaseUnavailableError();
          return opened.database.query(...question);
        },
      };
      const jobs = jobsWith({ telemetry }, flaky);
      const desk = new Desk();
      jobs.consume('payment.create', 1, desk.work());
      await expect.poll(() => told).toContain('look for jobs');
      const job = jobOf('payment.create');
      const asked = [jobs.publish([job]), jobs.list(1), jobs.replay(), jobs.drop(), jobs.depths()];
      for (const each of asked) await expect(each).rejects.toThrow(JobsUnavailableError);
      isAway = false;
      await jobs.publish([job]);
      await expect.poll(() => desk.done.length).toBe(1);
      expect(told.filter((what) => what === 'look for jobs')).toHaveLength(1);
    });

    it('find what another process has published', async () => {
      const desk = new Desk();
      for (const kind of jobKinds) jobsWith().consume(kind, 1, desk.work());
      const published = jobKinds.map((kind) => jobOf(kind));
      await jobsWith().publish(published);
      await expect.poll(() => desk.idsDone).toEqual(idsOf(published));
    });
  });
}
