import { AMQPChannelError, type Channel } from 'rabbitmq-client';
import { type JobKind, jobKinds } from '../../ports/jobs.ts';

// What exists on the broker. Jobs are published to one topic exchange by their kind. Each kind has a
// queue, and behind it a ladder of queues that nobody reads: a message that fails is put on a step,
// and when its time is over the broker puts it back in front. Each kind has a ladder of its own,
// because the broker moves messages back in order: those for a full queue would stop all others.
// Everything is durable and replicated (quorum), and nothing is ever dropped: a full queue refuses
// (`reject-publish`), and whoever moves a message keeps it until the other queue has it
// (`at-least-once`).

export interface Topology {
  readonly prefix: string;
  readonly retryDelaysMs: readonly number[];
  readonly deliveriesMax: number;
  readonly waitingMax: number;
}

/** Dead jobs that are kept; then those that die stay in their own queues. */
const deadMax = 100_000;
/** In practice none: newer brokers give up after 20 looks if nothing else is said. */
const looksMax = 1_000_000_000;

export interface Names {
  readonly tasks: string;
  readonly dead: string;
  queueOf(kind: JobKind): string;
  /** The step where a job waits so long. */
  stepOf(kind: JobKind, ms: number): string;
}

export function namesOf(prefix: string): Names {
  return {
    tasks: `${prefix}.tasks`,
    dead: `${prefix}.dead`,
    queueOf: (kind) => `${prefix}.${kind}`,
    stepOf: (kind, ms) => `${prefix}.${kind}.retry.${spokenMs(ms)}`,
  };
}

/** `5s`, `30s`, `5m`, `1h`. */
function spokenMs(ms: number): string {
  const units = [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const;
  const [unit, size] = units.find(([, size]) => ms % size === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}

/** A queue as it is declared. */
export interface DeclaredQueue {
  readonly queue: string;
  readonly durable: true;
  readonly arguments: Readonly<Record<string, string | number>>;
}

/** Every queue, each behind what it refers to. */
export function queuesOf(topology: Topology): readonly DeclaredQueue[] {
  const { prefix, retryDelaysMs } = topology;
  const names = namesOf(prefix);
  const kinds = jobKinds.flatMap((kind) => [
    kindQueue(topology, names, kind),
    ...retryDelaysMs.map((ms) => stepQueue(topology, names, kind, ms)),
  ]);
  return [deadQueue(names), ...kinds];
}

function deadQueue({ dead }: Names): DeclaredQueue {
  return quorum(dead, { 'x-max-length': deadMax, 'x-delivery-limit': looksMax });
}

function kindQueue({ deliveriesMax, waitingMax }: Topology, names: Names, kind: JobKind) {
  return quorum(names.queueOf(kind), {
    'x-max-length': waitingMax,
    'x-delivery-limit': deliveriesMax,
    'x-dead-letter-exchange': names.dead,
    'x-dead-letter-strategy': 'at-least-once',
  });
}

function stepQueue({ waitingMax }: Topology, names: Names, kind: JobKind, ms: number) {
  return quorum(names.stepOf(kind, ms), {
    'x-max-length': waitingMax,
    'x-message-ttl': ms,
    'x-dead-letter-exchange': names.tasks,
    'x-dead-letter-routing-key': kind,
    'x-dead-letter-strategy': 'at-least-once',
  });
}

function quorum(queue: string, more: DeclaredQueue['arguments']): DeclaredQueue {
  const always = { 'x-queue-type': 'quorum', 'x-overflow': 'reject-publish' };
  return { queue, durable: true, arguments: { ...always, ...more } };
}

/**
 * Makes what is missing. The same again changes nothing.
 *
 * @throws {TopologyError} the broker has something of that name that is not the same
 */
export async function declare(channel: Channel, topology: Topology): Promise<void> {
  const names = namesOf(topology.prefix);
  for (const [exchange, type] of [
    [names.tasks, 'topic'],
    [names.dead, 'fanout'],
  ] as const) {
    await same('exchange', exchange, channel.exchangeDeclare({ exchange, type, durable: true }));
  }
  for (const queue of queuesOf(topology)) await declareQueue(channel, queue);
  await channel.queueBind({ queue: names.dead, exchange: names.dead, routingKey: '' });
  for (const kind of jobKinds) {
    const binding = { queue: names.queueOf(kind), exchange: names.tasks, routingKey: kind };
    await channel.queueBind(binding);
  }
}

/** @throws {TopologyError} there is another one of that name */
export async function declareQueue(channel: Channel, queue: DeclaredQueue): Promise<void> {
  await same('queue', queue.queue, channel.queueDeclare(queue));
}

/** The broker has an exchange or a queue of our name that is not what this version needs. */
export class TopologyError extends Error {
  override readonly name = 'TopologyError';
  readonly sentence: string;
  /** What an operator does about it. */
  readonly next: string;

  constructor(what: 'exchange' | 'queue', name: string, cause: AMQPChannelError) {
    const [, difference = cause.message] = / - (.*)$/s.exec(cause.message) ?? [];
    const sentence = `The ${what} ${name} is not as this version declares it: ${difference}`;
    const next = nextFor[what](name);
    super(`${sentence}. Next: ${next}`, { cause });
    this.sentence = sentence;
    this.next = next;
  }
}

const nextFor = {
  queue: (name: string) =>
    `let it run empty, stop all nodes, and run: rabbitmqctl delete_queue ${name}`,
  exchange: (name: string) =>
    `delete ${name} with the management plugin, or choose another CLUSTER_PREFIX`,
};

async function same(what: 'exchange' | 'queue', name: string, declared: Promise<unknown>) {
  try {
    await declared;
  } catch (cause) {
    const differs = cause instanceof AMQPChannelError && cause.code === 'PRECONDITION_FAILED';
    throw differs ? new TopologyError(what, name, cause) : cause;
  }
}
