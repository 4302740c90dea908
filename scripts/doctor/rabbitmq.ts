import { AMQPChannelError, Connection } from 'rabbitmq-client';
import { deliveriesMax, retryDelaysMs, waitingMax } from '../../src/ports/jobs.ts';
import {
  declareQueue,
  namesOf,
  queuesOf,
  TopologyError,
} from '../../src/workers/jobs/rabbitmq-topology.ts';
import { checkAmqp } from '../amqp-greeting.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { PATIENCE_MS, reasonOf, unreachable } from './unreachable.ts';

/** A queue from which on somebody should look. */
const nearlyFull = 0.8 * waitingMax;

/** RabbitMQ keeps jobs: whether it answers, lets us in, and how our queues are. */
export async function rabbitmq(url: string, prefix: string): Promise<readonly Finding[]> {
  const name = 'RabbitMQ';
  const { host, pathname } = new URL(url);
  try {
    await checkAmqp(url);
  } catch (cause) {
    return [unreachable(name, 'RABBITMQ_URL', url, cause)];
  }
  const connection = new Connection({ url, acquireTimeout: PATIENCE_MS });
  try {
    await opened(connection);
    return [ok(name, `answers at ${host}`), ...(await queues(connection, prefix))];
  } catch (cause) {
    const reason = reasonOf(cause);
    const isAboutHost = /vhost|virtual host/i.test(reason);
    const next = isAboutHost
      ? `rabbitmqctl add_vhost ${pathname.slice(1) || '/'}, and set_permissions for this user`
      : 'correct user and password in RABBITMQ_URL';
    return [fail(name, `${host}: ${reason}`, next)];
  } finally {
    connection.unsafeDestroy();
  }
}

/** The client tries for ever; the doctor once. */
function opened(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.on('connection', () => resolve());
    connection.on('error', reject);
  });
}

async function queues(connection: Connection, prefix: string): Promise<readonly Finding[]> {
  const name = 'RabbitMQ queues';
  const topology = { prefix, retryDelaysMs, deliveriesMax, waitingMax };
  const counts = new Map<string, number>();
  const declared = queuesOf(topology);
  try {
    for (const queue of declared) {
      const count = await countIn(connection, queue.queue);
      if (count === undefined) continue;
      counts.set(queue.queue, count);
      // It is there, so this makes nothing and only compares.
      await onChannel(connection, (channel) => declareQueue(channel, queue));
    }
  } catch (cause) {
    if (!(cause instanceof TopologyError)) throw cause;
    return [fail(name, cause.sentence, cause.next)];
  }
  if (counts.size === 0) return [ok(name, 'none yet: the first node makes them')];
  return depthFindings(counts, declared.length, namesOf(prefix).dead);
}

function depthFindings(
  counts: ReadonlyMap<string, number>,
  most: number,
  dead: string,
): readonly Finding[] {
  const name = 'RabbitMQ queues';
  const findings: Finding[] = [];
  for (const [queue, count] of counts) {
    if (queue === dead || count < nearlyFull) continue;
    const next = 'see docs/operations/queues.md: more workers, or what they wait for';
    findings.push(warn(name, `${queue} holds ${count} of ${waitingMax}, then it refuses`, next));
  }
  const deadCount = counts.get(dead) ?? 0;
  if (deadCount > 0) {
    findings.push(warn(name, `${deadCount} dead jobs wait for you`, 'npm run dlq -- list'));
  }
  if (counts.size < most) {
    findings.push(
      warn(name, `${most - counts.size} of ${most} are missing`, 'start a node: it makes them'),
    );
  }
  const waiting = [...counts].reduce(
    (sum, [queue, count]) => sum + (queue === dead ? 0 : count),
    0,
  );
  return findings.length > 0 ? findings : [ok(name, `${counts.size}, with ${waiting} jobs`)];
}

/** Undefined when there is no such queue. */
async function countIn(connection: Connection, queue: string): Promise<number | undefined> {
  try {
    return await onChannel(connection, async (channel) => {
      return (await channel.queueDeclare({ queue, passive: true })).messageCount;
    });
  } catch (cause) {
    if (cause instanceof AMQPChannelError && cause.code === 'NOT_FOUND') return undefined;
    throw cause;
  }
}

/** What the broker refuses ends the channel, so each question has its own. */
async function onChannel<T>(
  connection: Connection,
  ask: (channel: Awaited<ReturnType<Connection['acquire']>>) => Promise<T>,
): Promise<T> {
  const channel = await connection.acquire();
  try {
    return await ask(channel);
  } finally {
    await channel.close();
  }
}
