import { randomBytes } from 'node:crypto';
import { Connection } from 'rabbitmq-client';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { rabbitmq } from '../../scripts/doctor/rabbitmq.ts';
import { linesOf } from '../../scripts/doctor.ts';
import { systemClock } from '../../src/clock.ts';
import {
  type Job,
  type JobQueues,
  JobsUnavailableError,
  RejectedJobError,
  retryDelaysMs,
} from '../../src/ports/jobs.ts';
import type { Telemetry } from '../../src/ports/telemetry.ts';
import { openRabbitJobs, type RabbitJobsOptions } from '../../src/workers/jobs/rabbitmq.ts';
import { queuesOf, TopologyError } from '../../src/workers/jobs/rabbitmq-topology.ts';
import { silentTelemetry } from '../setup/silent-telemetry.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { TcpProxy } from '../setup/tcp-proxy.ts';
import { Desk, describeJobs, gate, idsOf, jobOf, jobsOf, type OpenJobs } from './jobs.ts';

const url = inject('rabbitmqUrl');
const patience = { timeout: 20_000 };
const ladder: readonly number[] = [20, 30, 40, 50];

if (url === undefined) skipBecause('RabbitJobs', inject('rabbitmqMissing') ?? '');
else {
  describeJobs('RabbitJobs', async (settings): Promise<OpenJobs> => {
    const prefix = newPrefix();
    const jobs = await open(url, { ...settings, prefix });
    const another = async () => {
      const proxy = new TcpProxy(url);
      const jobs = await open(await proxy.open(), { ...settings, prefix });
      const die = () => proxy.close();
      const close = async () => {
        await jobs.close();
        await proxy.close();
      };
      return { jobs, die, close };
    };
    const close = async () => {
      await jobs.close();
      await removeQueues(url, prefix);
    };
    return { jobs, another, close };
  });
  describeRabbit(url);
  describeDoctor(url);
}

function newPrefix(): string {
  return `${inject('prefix')}_${randomBytes(4).toString('hex')}`;
}

/** Each counts as open files, of which a broker has only so many. */
async function removeQueues(url: string, prefix: string, retryDelaysMs = ladder): Promise<void> {
  const connection = new Connection(url);
  connection.on('error', () => {});
  const topology = { prefix, retryDelaysMs, deliveriesMax: 1, waitingMax: 1 };
  for (const { queue } of queuesOf(topology)) await connection.queueDelete(queue);
  for (const exchange of ['tasks', 'dead']) {
    await connection.exchangeDelete({ exchange: `${prefix}.${exchange}` });
  }
  await connection.close();
}

function open(
  address: string,
  options: Partial<RabbitJobsOptions> & Pick<RabbitJobsOptions, 'prefix'>,
): Promise<JobQueues> {
  const basics = { name: 'test', clock: systemClock, telemetry: silentTelemetry };
  return openRabbitJobs(address, { ...basics, retryDelaysMs: ladder, ...options });
}

function describeRabbit(url: string): void {
  describe('RabbitJobs and their broker', () => {
    const closing: (() => Promise<void>)[] = [];
    let prefix: string;
    beforeEach(() => {
      prefix = newPrefix();
    });
    afterEach(async () => {
      for (const close of closing.splice(0).reverse()) await close();
      await removeQueues(url, prefix);
    });

    const opened = async (
      options: Partial<RabbitJobsOptions> = {},
      address = url,
    ): Promise<JobQueues> => {
      const jobs = await open(address, { prefix, ...options });
      closing.push(() => jobs.close());
      return jobs;
    };
    const proxied = async (): Promise<{ proxy: TcpProxy; address: string }> => {
      const proxy = new TcpProxy(url);
      closing.push(() => proxy.close());
      return { proxy, address: await proxy.open() };
    };
    const stranger = (): Connection => {
      const connection = new Connection(url);
      connection.on('error', () => {});
      closing.push(() => connection.close());
      return connection;
    };

    it('have what is no job dead with a reason, and go on', async () => {
      const jobs = await opened();
      const publisher = stranger().createPublisher({ confirm: true });
      const job = jobOf('payment.create');
      const good = { id: job.id, kind: job.kind, body: {} };
      const bodies: readonly [unknown, string][] = [
        [Buffer.from('{"id": '), 'It is no JSON object.'],
        [Buffer.from([0xff, 0x00]), 'It is no JSON object.'],
        ['text', 'It is no JSON object.'],
        [[good], 'It is no JSON object.'],
        [{ ...good, id: 7 }, 'It has no id.'],
        [{ ...good, id: 'x'.repeat(1_000) }, 'It has no id.'],
        [{ ...good, kind: 'payment.invent' }, 'Its kind is not known to this version.'],
        [
          { ...good, kind: 'ticket.issue' },
          'It is of kind ticket.issue, in the queue of payment.create.',
        ],
        [{ ...good, body: { deep: { er: 1 } } }, 'Its body is not made of plain values.'],
        [{ ...good, body: null }, 'Its body is not made of plain values.'],
        [{ ...good, event: 'a show' }, 'Its event is no id.'],
      ];
      const envelope = { exchange: `${prefix}.tasks`, routingKey: 'payment.create', durable: true };
      for (const [body] of bodies) await publisher.send(envelope, body);
      await jobs.publish([job]);
      const desk = new Desk();
      jobs.consume('payment.create', 3, desk.work());
      await expect.poll(() => desk.idsDone, patience).toEqual([job.id]);
      await expect.poll(async () => (await jobs.list(99)).length, patience).toBe(bodies.length);
      const dead = await jobs.list(99);
      expect(dead.map(({ reason }) => reason).sort()).toEqual(bodies.map(([, why]) => why).sort());
      const unreadable = dead.filter(({ kind }) => kind === 'unknown');
      expect(unreadable).toHaveLength(bodies.length - 1);
      for (const { id, body } of unreadable) {
        expect(id).toMatch(/^unreadable:[0-9a-f]{32}$/);
        expect(Object.keys(body)).toEqual(['bytes']);
      }
      expect(await jobs.replay(new Set([unreadable[0]!.id]))).toBe(0);
      expect(await jobs.drop(new Set([unreadable[0]!.id]))).toBeGreaterThan(0);
      await publisher.close();
    });

    it('say unavailable when nothing keeps the job, and make the queue again', async () => {
      const { proxy, address } = await proxied();
      const jobs = await opened({}, address);
      await stranger().queueDelete(`${prefix}.ticket.issue`);
      const job = jobOf('ticket.issue');
      const published = jobs.publish([job]);
      await expect(published).rejects.toThrow(JobsUnavailableError);
      await expect(published).rejects.toMatchObject({ cause: { name: 'UnroutableError' } });
      await jobs.publish([jobOf('payment.create')]);
      proxy.cut();
      await expect
        .poll(() => jobs.publish([job]).then(() => 'kept', String), patience)
        .toBe('kept');
    });

    it('open the same queues as often as they like, and refuse others of the same name', async () => {
      await opened();
      await opened();
      const other = opened({ waitingMax: 7 });
      await expect(other).rejects.toThrow(TopologyError);
      await expect(other).rejects.toThrow(`rabbitmqctl delete_queue ${prefix}.payment.create`);
      await expect(other).rejects.toThrow('x-max-length');
    });

    it('say unavailable at once while there is no broker, and begin when it is there', async () => {
      const { proxy, address } = await proxied();
      await proxy.close();
      const told: string[] = [];
      const telemetry: Telemetry = {
        ...silentTelemetry,
        failed: (what, cause) => told.push(`${what}: ${String(cause)}`),
        brokerChanged: (isUp) => told.push(isUp ? 'up' : 'down'),
      };
      const jobs = await opened({ telemetry }, address);
      const desk = new Desk();
      jobs.consume('payment.create', 2, desk.work());
      const job = jobOf('payment.create');
      for (const asked of [jobs.publish([job]), jobs.list(1), jobs.depths(), jobs.replay()]) {
        await expect(asked).rejects.toThrow(JobsUnavailableError);
      }
      const port = Number(new URL(address).port);
      const late = await listenAt(url, port);
      closing.push(late);
      await expect
        .poll(() => jobs.publish([job]).then(() => 'kept', String), patience)
        .toBe('kept');
      await expect.poll(() => desk.idsDone, patience).toEqual([job.id]);
      expect(told[0]).toMatch(/^reach RabbitMQ: .*ECONNREFUSED/);
      expect(told.filter((line) => line === 'up')).toHaveLength(1);
    });

    it('lose nothing when the line is cut again and again', async () => {
      const { proxy, address } = await proxied();
      const jobs = await opened({}, address);
      const desk = new Desk();
      jobs.consume('payment.check', 5, desk.work());
      const kept: Job[] = [];
      for (let round = 0; round < 4; round += 1) {
        const batch = jobsOf('payment.check', 50);
        const publish = () => jobs.publish(batch).then(() => 'kept', String);
        const first = publish();
        proxy.cut();
        if ((await first) !== 'kept') await expect.poll(publish, patience).toBe('kept');
        kept.push(...batch);
      }
      await expect.poll(() => desk.idsDone, patience).toEqual(idsOf(kept));
    });

    it('give up a broker that confirms nothing, and keep the copy of a failed job in hand', async () => {
      const { proxy, address } = await proxied();
      const jobs = await opened({ confirmMs: 200 }, address);
      proxy.fault = 'swallow_replies';
      const published = jobs.publish([jobOf('payment.create')]);
      await expect(published).rejects.toMatchObject({ cause: { name: 'UnconfirmedError' } });
      proxy.fault = 'none';
      proxy.cut();
      const job = jobOf('payment.create');
      await expect
        .poll(() => jobs.publish([job]).then(() => 'kept', String), patience)
        .toBe('kept');
    });

    it('give everything back when they close with work that waits for the ladder', async () => {
      const jobs = await opened();
      const job = jobOf('ticket.issue');
      const desk = new Desk();
      await stranger().queueDelete(`${prefix}.ticket.issue.retry.20ms`);
      const consuming = jobs.consume(
        'ticket.issue',
        1,
        desk.work(() => {
          throw new Error('not today');
        }),
      );
      await jobs.publish([job]);
      await expect.poll(() => desk.taken.length, patience).toBe(1);
      await consuming.end();
      const next = new Desk();
      jobs.consume('ticket.issue', 1, next.work());
      await expect.poll(() => next.idsDone, patience).toEqual([job.id]);
    });

    it('never say that a job is done before it is', async () => {
      const { proxy, address } = await proxied();
      const jobs = await opened({}, address);
      const job = jobOf('export.file');
      const [desk, door] = [new Desk(), gate()];
      jobs.consume(
        'export.file',
        1,
        desk.work(() => door.opened),
      );
      await jobs.publish([job]);
      await expect.poll(() => desk.taken.length, patience).toBe(1);
      proxy.cut();
      const other = new Desk();
      (await opened()).consume('export.file', 1, other.work());
      await expect.poll(() => other.idsDone, patience).toEqual([job.id]);
      door.open();
    });
  });
}

function describeDoctor(url: string): void {
  describe('The doctor, of RabbitMQ', () => {
    let prefix: string;
    beforeEach(() => {
      prefix = newPrefix();
    });
    const seen = async (address = url): Promise<string> => linesOf(await rabbitmq(address, prefix));

    it('looks at the queues, and changes none', async () => {
      expect(await seen()).toMatch(/none yet: the first node makes them$/);
      const jobs = await open(url, { prefix, retryDelaysMs });
      expect(await seen()).toMatch(/ok +RabbitMQ +answers at .*\nok +RabbitMQ queues +51, with 0/);
      await jobs.publish(jobsOf('payment.create', 3));
      await expect.poll(() => seen(), patience).toMatch(/51, with 3 jobs$/);
      const consuming = jobs.consume('payment.create', 3, async () => {
        throw new RejectedJobError('no');
      });
      await expect.poll(() => seen(), patience).toContain('3 dead jobs wait for you');
      expect(await seen()).toContain('→ npm run dlq -- list');
      await consuming.end();
      await jobs.close();
      await removeQueues(url, prefix, retryDelaysMs);
    });

    it('finds a queue that is another one, and those that are missing', async () => {
      const jobs = await open(url, { prefix, retryDelaysMs, waitingMax: 3 });
      expect(await seen()).toContain(
        `FAIL  RabbitMQ queues  The queue ${prefix}.payment.create is`,
      );
      expect(await seen()).toContain(`→ let it run empty`);
      await jobs.close();
      await removeQueues(url, prefix, retryDelaysMs);
      const half = await open(url, { prefix, retryDelaysMs: retryDelaysMs.slice(0, 2) });
      expect(await seen()).toContain('20 of 51 are missing');
      await half.close();
      await removeQueues(url, prefix, retryDelaysMs);
    });

    it.each([
      ['password', 'correct user and password in RABBITMQ_URL'],
      ['pathname', 'rabbitmqctl add_vhost nowhere'],
    ] as const)('says what is wrong with the %s', async (part, next) => {
      const wrong = new URL(url);
      wrong[part] = part === 'password' ? 'wrong' : '/nowhere';
      expect(await seen(wrong.href)).toContain(`→ ${next}`);
      expect(await seen(wrong.href)).toMatch(/^FAIL {2}RabbitMQ/);
    });
  });
}

/** A line to the broker on a port that was closed before. */
async function listenAt(url: string, port: number): Promise<() => Promise<void>> {
  const { hostname, port: brokerPort } = new URL(url);
  const { default: net } = await import('node:net');
  const sockets = new Set<import('node:net').Socket>();
  const server = net.createServer((socket) => {
    const up = net.connect(Number(brokerPort), hostname);
    for (const each of [socket, up]) {
      sockets.add(each);
      each.on('error', () => {}).on('close', () => sockets.delete(each));
    }
    socket.pipe(up).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
}
