import { randomUUID } from 'node:crypto';
import { setImmediate as nextPass } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Consuming,
  type Delivery,
  deliveriesMax,
  type Job,
  type JobKind,
  type JobQueues,
  JobsUnavailableError,
  jobKinds,
  RejectedJobError,
  RetryError,
} from '../../src/ports/jobs.ts';
import { newEvent } from './rows.ts';

/** Queues as one process has them. */
export interface OpenJobs {
  readonly jobs: JobQueues;
  /** Another process at the same queues. */
  another(): Promise<MortalJobs>;
  close(): Promise<void>;
}

export interface MortalJobs {
  readonly jobs: JobQueues;
  /** Takes the process from its queues as `kill -9` would. */
  die(): Promise<void>;
  /** For the end of the test, dead or alive. */
  close(): Promise<void>;
}

export interface JobsSettings {
  readonly retryDelaysMs: readonly number[];
  readonly waitingMax: number;
}

/** A ladder without hours in it. */
const ladder: JobsSettings = { retryDelaysMs: [20, 30, 40, 50], waitingMax: 10_000 };
const narrow: JobsSettings = { ...ladder, waitingMax: 20 };

/** One more than the ladder has steps. */
const attempts = [1, 2, 3, 4, 5];

export function jobOf(kind: JobKind, body: Job['body'] = {}): Job {
  return { id: `${kind}:${randomUUID()}:1:test`, kind, body };
}

export function jobsOf(kind: JobKind, count: number): readonly Job[] {
  return Array.from({ length: count }, (_, number) => jobOf(kind, { number }));
}

/** What was handed out, in the order it came. */
export class Desk {
  readonly taken: Delivery[] = [];
  readonly done: Delivery[] = [];
  atOnce = 0;
  atOnceMost = 0;

  /** Work that is done when `how` is. */
  work(how: (job: Delivery) => Promise<void> | void = () => {}) {
    return async (job: Delivery): Promise<void> => {
      this.taken.push(job);
      this.atOnce += 1;
      this.atOnceMost = Math.max(this.atOnceMost, this.atOnce);
      try {
        await how(job);
        this.done.push(job);
      } finally {
        this.atOnce -= 1;
      }
    };
  }

  get idsDone(): readonly string[] {
    return [...new Set(this.done.map(({ id }) => id))].sort();
  }
}

export function idsOf(jobs: readonly { readonly id: string }[]): readonly string[] {
  return jobs.map(({ id }) => id).sort();
}

/** A door that work waits at. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

const patience = { timeout: 20_000 };

/** What every set of queues promises. An adapter is done when this passes. */
export function describeJobs(
  name: string,
  open: (settings: JobsSettings) => Promise<OpenJobs>,
): void {
  describe(`${name} keep the Jobs contract`, () => {
    let opened: OpenJobs;
    let jobs: JobQueues;
    let desk: Desk;
    const consuming: Consuming[] = [];

    beforeAll(async () => {
      opened = await open(ladder);
      ({ jobs } = opened);
    });
    afterAll(() => opened.close());
    beforeEach(() => {
      desk = new Desk();
    });
    afterEach(async () => {
      await Promise.all(consuming.splice(0).map((each) => each.end()));
      await jobs.drop();
    });

    const consume = (
      kind: JobKind,
      how?: (job: Delivery) => Promise<void> | void,
      { atOnce = 10, at = jobs, by = desk } = {},
    ): Consuming => {
      const one = at.consume(kind, atOnce, by.work(how));
      consuming.push(one);
      return one;
    };
    const deadOnes = async () => (await jobs.list(100)).map(({ id }) => id);

    it('hand a job out as it was published, whoever is there first', async () => {
      const early = { ...jobOf('payment.create'), event: newEvent() };
      const body = { valor: 12_345, nome: 'não "é" \u0000 ✓\\', is: true, serials: [1, 2, 3] };
      const late = jobOf('payment.create', body);
      await jobs.publish([early]);
      consume('payment.create');
      await expect.poll(() => desk.done, patience).toEqual([{ ...early, attempt: 1 }]);
      await jobs.publish([late]);
      await expect.poll(() => desk.done[1], patience).toEqual({ ...late, attempt: 1 });
    });

    it('have every job done, by whichever process takes it', async () => {
      const published = jobsOf('ticket.issue', 700);
      const other = await opened.another();
      consume('ticket.issue');
      consume('ticket.issue', undefined, { at: other.jobs });
      await Promise.all([
        jobs.publish(published.slice(0, 600)),
        other.jobs.publish(published.slice(600)),
      ]);
      await expect.poll(() => desk.idsDone, patience).toEqual(idsOf(published));
      await Promise.all(consuming.splice(0).map((each) => each.end()));
      await other.close();
    });

    it('take nothing for an answer when there is nothing to publish', async () => {
      await jobs.publish([]);
    });

    it('hand out no more at once than was asked for', async () => {
      const published = jobsOf('export.file', 20);
      await jobs.publish(published);
      const door = gate();
      consume('export.file', () => door.opened, { atOnce: 3 });
      await expect.poll(() => desk.taken.length, patience).toBe(3);
      door.open();
      await expect.poll(() => desk.idsDone, patience).toEqual(idsOf(published));
      expect(desk.atOnceMost).toBe(3);
    });

    it('never have one kind wait for another', async () => {
      const door = gate();
      const slow = new Desk();
      consume('notification.email', () => door.opened, { atOnce: 1, by: slow });
      await jobs.publish(jobsOf('notification.email', 5));
      await expect.poll(() => slow.taken.length, patience).toBe(1);
      consume('payment.check');
      const published = jobsOf('payment.check', 50);
      await jobs.publish(published);
      await expect.poll(() => desk.idsDone, patience).toEqual(idsOf(published));
      expect(slow.done).toEqual([]);
      door.open();
      await expect.poll(() => slow.done.length, patience).toBe(5);
    });

    it('bring a job back until it works, and count', async () => {
      const job = jobOf('payment.refund', { cents: 100 });
      consume('payment.refund', ({ attempt }) => {
        if (attempt < 4) throw attempt === 2 ? new TypeError('unforeseen') : new RetryError('away');
      });
      await jobs.publish([job]);
      await expect.poll(() => desk.done, patience).toEqual([{ ...job, attempt: 4 }]);
      expect(desk.taken.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
      expect(await deadOnes()).toEqual([]);
    });

    it('have a job dead at the end of the ladder, with the last reason', async () => {
      const job = { ...jobOf('payment.cancel', { cents: 7 }), event: newEvent() };
      consume('payment.cancel', ({ attempt }) => {
        throw new RetryError(`no answer to ${attempt}`);
      });
      const before = Date.now() - 60_000;
      await jobs.publish([job]);
      await expect.poll(deadOnes, patience).toEqual([job.id]);
      expect(desk.taken.map(({ attempt }) => attempt)).toEqual(attempts);
      const [dead] = await jobs.list(1);
      expect(dead).toEqual({
        ...job,
        attempt: 5,
        reason: 'RetryError: no answer to 5',
        diedAt: expect.any(Number),
      });
      expect(dead!.diedAt).toBeGreaterThan(before);
    });

    it('have a job dead at once that will never work, and go on with the others', async () => {
      const [bad, good] = [jobOf('transfer.notice'), jobOf('transfer.notice')];
      consume('transfer.notice', ({ id }) => {
        if (id === bad.id) throw new RejectedJobError('no such transfer');
      });
      await jobs.publish([bad, good]);
      await expect.poll(() => desk.idsDone, patience).toEqual([good.id]);
      await expect.poll(deadOnes, patience).toEqual([bad.id]);
      const reason = 'RejectedJobError: no such transfer';
      expect((await jobs.list(1))[0]).toMatchObject({ attempt: 1, reason, kind: bad.kind });
      expect(desk.taken).toHaveLength(2);
    });

    it('have a job dead that takes its worker down, and go on with the others', async () => {
      const [poison, good] = [jobOf('notification.webhook'), jobOf('notification.webhook')];
      await jobs.publish([poison]);
      const door = gate();
      const dead: MortalJobs[] = [];
      for (let taken = 1; taken <= deliveriesMax + 1; taken += 1) {
        const other = await opened.another();
        dead.push(other);
        other.jobs.consume(
          'notification.webhook',
          1,
          desk.work(() => door.opened),
        );
        await expect.poll(() => desk.taken.length, patience).toBe(taken);
        await other.die();
      }
      const survivors = new Desk();
      consume('notification.webhook', undefined, { by: survivors });
      await expect.poll(deadOnes, patience).toEqual([poison.id]);
      expect((await jobs.list(1))[0]).toMatchObject({
        attempt: 1,
        reason: expect.stringMatching(/died/),
      });
      await jobs.publish([good]);
      await expect.poll(() => survivors.idsDone, patience).toEqual([good.id]);
      expect(desk.taken.every(({ attempt }) => attempt === 1)).toBe(true);
      door.open();
      await Promise.all(dead.map((each) => each.close()));
    });

    describe('with dead jobs', () => {
      let dead: readonly Job[];
      let isWell: boolean;

      beforeEach(async () => {
        isWell = false;
        dead = jobsOf('notification.whatsapp', 3);
        consume('notification.whatsapp', () => {
          if (!isWell) throw new RejectedJobError('no');
        });
        for (const [index, job] of dead.entries()) {
          await jobs.publish([job]);
          await expect.poll(async () => (await jobs.list(9)).length, patience).toBe(index + 1);
        }
      });

      it('list them as often as they are asked, at most so many, the oldest first', async () => {
        for (let time = 0; time < 8; time += 1) {
          expect(await deadOnes()).toEqual(dead.map(({ id }) => id));
        }
        expect((await jobs.list(2)).map(({ id }) => id)).toEqual([dead[0]!.id, dead[1]!.id]);
      });

      it('give all of them another life with all its attempts', async () => {
        isWell = true;
        expect(await jobs.replay()).toBe(3);
        await expect.poll(() => desk.idsDone, patience).toEqual(idsOf(dead));
        expect(desk.done.every(({ attempt }) => attempt === 1)).toBe(true);
        expect(await deadOnes()).toEqual([]);
        expect(await jobs.replay()).toBe(0);
      });

      it('give some of them another life, and have them die again', async () => {
        expect(await jobs.replay(new Set([dead[1]!.id, 'nobody']))).toBe(1);
        await expect.poll(() => desk.taken.length, patience).toBe(4);
        await expect.poll(async () => (await deadOnes()).sort(), patience).toEqual(idsOf(dead));
      });

      it('forget some, and then all of them', async () => {
        expect(await jobs.drop(new Set([dead[0]!.id]))).toBe(1);
        expect(await deadOnes()).toEqual([dead[1]!.id, dead[2]!.id]);
        expect(await jobs.drop()).toBe(2);
        expect(await deadOnes()).toEqual([]);
      });
    });

    it('say how much waits', async () => {
      expect((await jobs.depths()).map(({ kind }) => kind)).toEqual([...jobKinds, 'dead']);
      const depthOf = async (wanted: string) =>
        (await jobs.depths()).find(({ kind }) => kind === wanted)!;
      await jobs.publish(jobsOf('export.file', 3));
      await expect.poll(() => depthOf('export.file'), patience).toMatchObject({ waiting: 3 });
      await expect
        .poll(async () => (await depthOf('export.file')).oldestMs, patience)
        .toBeGreaterThan(0);
      expect(await depthOf('payment.create')).toMatchObject({ waiting: 0, later: 0, oldestMs: 0 });
      consume('export.file', () => {
        throw new RejectedJobError('no');
      });
      await expect.poll(() => depthOf('dead'), patience).toMatchObject({ waiting: 3 });
      expect(await depthOf('export.file')).toMatchObject({ waiting: 0, oldestMs: 0 });
    });

    it('begin nothing once they are told to end, whatever is on its way', async () => {
      const published = jobsOf('ticket.issue', 30);
      await jobs.publish(published);
      // Told before a taking is asked for, while it is, and when it is there; as often as a broker
      // gives a job back before it is dead.
      for (let steps = 0; steps < deliveriesMax; steps += 1) {
        const one = consume('ticket.issue', undefined, { atOnce: 2 });
        for (let step = 0; step < steps; step += 1) await nextPass();
        const ended = one.end();
        const begun = desk.taken.length;
        await ended;
        expect(desk.taken).toHaveLength(begun);
      }
      consume('ticket.issue');
      await expect.poll(() => desk.idsDone, patience).toEqual(idsOf(published));
      expect(desk.done.every(({ attempt }) => attempt === 1)).toBe(true);
    });

    it('finish what is in hand when they are told to end, and take no more', async () => {
      const published = jobsOf('ticket.issue', 5);
      await jobs.publish(published);
      const door = gate();
      const first = consume('ticket.issue', () => door.opened, { atOnce: 2 });
      await expect.poll(() => desk.taken.length, patience).toBe(2);
      const ended = first.end();
      door.open();
      await ended;
      expect(desk.done).toHaveLength(2);
      await jobs.publish([]);
      expect(desk.taken).toHaveLength(2);
      const next = new Desk();
      consume('ticket.issue', undefined, { by: next });
      await expect
        .poll(() => [...desk.idsDone, ...next.idsDone].sort(), patience)
        .toEqual(idsOf(published));
    });

    it('give back what is not done in time when they are told to end, and it is done again', async () => {
      const published = jobsOf('ticket.issue', 3);
      await jobs.publish(published);
      const door = gate();
      const late = new Desk();
      const first = consume('ticket.issue', () => door.opened, { atOnce: 2, by: late });
      await expect.poll(() => late.taken.length, patience).toBe(2);
      await first.end(0);
      consume('ticket.issue');
      await expect.poll(() => desk.idsDone, patience).toEqual(idsOf(published));
      expect(desk.done.every(({ attempt }) => attempt === 1)).toBe(true);
      expect(late.taken).toHaveLength(2);
      door.open();
      await expect.poll(() => late.done.length, patience).toBe(2);
      expect(await deadOnes()).toEqual([]);
    });

    it('leave a job to whoever has it now when it fails after it was given back', async () => {
      const job = jobOf('ticket.issue');
      await jobs.publish([job]);
      const [door, other] = [gate(), gate()];
      const late = new Desk();
      const fails = async () => {
        await door.opened;
        throw new RejectedJobError('too late');
      };
      const first = consume('ticket.issue', fails, { by: late });
      await expect.poll(() => late.taken.length, patience).toBe(1);
      await first.end(0);
      consume('ticket.issue', () => other.opened);
      await expect.poll(() => desk.taken.length, patience).toBe(1);
      door.open();
      await expect.poll(() => late.atOnce, patience).toBe(0);
      other.open();
      await expect.poll(() => desk.done, patience).toEqual([{ ...job, attempt: 1 }]);
      expect(await deadOnes()).toEqual([]);
    });
  });

  describe(`${name} with little room`, () => {
    let opened: OpenJobs;
    beforeAll(async () => {
      opened = await open(narrow);
    });
    afterAll(() => opened.close());

    it('say so when a queue is full, lose nothing, and let other kinds go on', async () => {
      const { jobs } = opened;
      const kept: Job[] = [];
      const publishUntilFull = async (): Promise<unknown> => {
        // The broker may be one or two jobs behind with its counting.
        while (kept.length <= 2 * narrow.waitingMax) {
          const job = jobOf('notification.email');
          try {
            await jobs.publish([job]);
            kept.push(job);
          } catch (failure) {
            return failure;
          }
        }
        return undefined;
      };
      expect(await publishUntilFull()).toBeInstanceOf(JobsUnavailableError);
      const desk = new Desk();
      await jobs.publish([jobOf('payment.create')]);
      const payments = jobs.consume('payment.create', 1, desk.work());
      await expect.poll(() => desk.done.length, patience).toBe(1);
      const mails = new Desk();
      const consuming = jobs.consume('notification.email', 5, mails.work());
      await expect
        .poll(() => idsOf(kept).filter((id) => !mails.idsDone.includes(id)), patience)
        .toEqual([]);
      const later = jobOf('notification.email');
      const publishLater = () => jobs.publish([later]).then(() => 'kept', String);
      await expect.poll(publishLater, patience).toBe('kept');
      await expect.poll(() => mails.idsDone.includes(later.id), patience).toBe(true);
      await Promise.all([payments.end(), consuming.end()]);
    });
  });
}
