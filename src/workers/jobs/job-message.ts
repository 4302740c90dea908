import { createHash } from 'node:crypto';
import { parseId } from '@ingressou/protocol';
import type { Envelope, HeaderFields } from 'rabbitmq-client';
import { assert } from '../../domain/assert.ts';
import {
  type DeadJob,
  type Delivery,
  type Job,
  type JobBody,
  type JobKind,
  jobBytesMax,
  jobIdLengthMax,
  jobKinds,
} from '../../ports/jobs.ts';

// A job as the broker keeps it: its JSON is the body, and what happened to it is in headers of our
// own. The broker's own headers are never copied into a new message: a broker takes a message that
// says it has been in a queue before for one that goes round in circles, and drops it.

/** What is given to the broker. */
export interface JobMessage {
  readonly envelope: Envelope;
  readonly body: Buffer;
}

/** What the broker hands out, as far as we read it. */
export type Received = HeaderFields & { readonly routingKey: string; readonly body: unknown };

const header = {
  attempt: 'ingressou-attempt',
  /** Milliseconds since 1970: when it may first be taken. */
  due: 'ingressou-due',
  reason: 'ingressou-reason',
  diedAt: 'ingressou-died-at',
};

/** @param dueAt when it may be taken: now, or after a step of the ladder */
export function messageOf(job: Job, attempt: number, dueAt: number): JobMessage {
  const { id, kind, event, body } = job;
  const bytes = Buffer.from(JSON.stringify({ id, kind, event, body }));
  assert(bytes.length <= jobBytesMax, 'a job names what is large');
  assert(id.length <= jobIdLengthMax, 'a job has a short id');
  const headers = { [header.attempt]: attempt, [header.due]: dueAt };
  return { envelope: { ...lasting, messageId: id, type: kind, headers }, body: bytes };
}

/** A message as it came, with the reason why it is dead. */
export function deadMessageOf(
  message: Received,
  kind: JobKind,
  reason: string,
  now: number,
): JobMessage {
  const { messageId, headers } = message;
  const attempt = attemptOf(message);
  const due = headers?.[header.due];
  return {
    envelope: {
      ...lasting,
      ...(messageId === undefined ? {} : { messageId }),
      type: kind,
      headers: {
        [header.attempt]: attempt,
        [header.reason]: reason,
        [header.diedAt]: now,
        ...(due === undefined ? {} : { [header.due]: due }),
      },
    },
    body: bytesOf(message.body),
  };
}

/** Kept on disk, and returned to us if no queue wants it. */
const lasting: Envelope = { durable: true, mandatory: true, contentType: 'application/json' };

/** The job of a queue's message, or why it is none. */
export function deliveryIn(message: Received, kind: JobKind): Delivery | string {
  const job = jobIn(message.body);
  if (typeof job === 'string') return job;
  if (job.kind !== kind) return `It is of kind ${job.kind}, in the queue of ${kind}.`;
  return { ...job, attempt: attemptOf(message) };
}

/** How long a job waited for somebody to take it. */
export function waitedMs(message: Received, now: number): number {
  const due = message.headers?.[header.due];
  return typeof due === 'number' ? Math.max(0, now - due) : 0;
}

/** A message of the dead queue. What is no job is told by what it is made of. */
export function deadJobIn(message: Received): DeadJob {
  const story = {
    attempt: attemptOf(message),
    reason: reasonOf(message),
    diedAt: diedAtOf(message),
  };
  const job = jobIn(message.body);
  if (typeof job !== 'string') return { ...job, ...story };
  const bytes = bytesOf(message.body);
  const id = `unreadable:${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}`;
  return { id, kind: 'unknown', body: { bytes: bytes.length }, ...story };
}

function attemptOf({ headers }: Received): number {
  const attempt: unknown = headers?.[header.attempt];
  return typeof attempt === 'number' && Number.isInteger(attempt) && attempt > 0 ? attempt : 1;
}

/** Ours, or what the broker wrote when it gave the message up by itself. */
function reasonOf(message: Received): string {
  const reason: unknown = message.headers?.[header.reason];
  if (typeof reason === 'string') return reason;
  const why = deathOf(message)?.reason;
  if (why === 'delivery_limit') return 'Its worker died too often (delivery_limit).';
  return typeof why === 'string' ? `The broker gave it up (${why}).` : 'Nobody said why.';
}

function diedAtOf(message: Received): number {
  const diedAt: unknown = message.headers?.[header.diedAt];
  if (typeof diedAt === 'number') return diedAt;
  const seconds = deathOf(message)?.time ?? message.timestamp;
  return typeof seconds === 'number' ? seconds * 1_000 : 0;
}

/** The last of the deaths that the broker lists: the newest is the first. */
function deathOf({ headers }: Received): Readonly<Record<string, unknown>> | undefined {
  const deaths: unknown = headers?.['x-death'];
  const [last]: readonly unknown[] = Array.isArray(deaths) ? deaths : [];
  return isRecord(last) ? last : undefined;
}

/** Queues have other authors too: nothing of a message is believed. */
function jobIn(value: unknown): Job | string {
  if (!isRecord(value)) return 'It is no JSON object.';
  const { id, event, body } = value;
  if (typeof id !== 'string' || id === '' || id.length > jobIdLengthMax) return 'It has no id.';
  const kind = jobKinds.find((each) => each === value.kind);
  if (kind === undefined) return 'Its kind is not known to this version.';
  if (!isBody(body)) return 'Its body is not made of plain values.';
  if (event === undefined) return { id, kind, body };
  try {
    return { id, kind, event: parseId(event), body };
  } catch {
    // The only thing that parsing an id can say.
    return 'Its event is no id.';
  }
}

function isBody(value: unknown): value is JobBody {
  return isRecord(value) && Object.values(value).every(isPlain);
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((each) => typeof each === 'number');
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value)
  );
}

/** The client has parsed it already if it could. */
function bytesOf(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : (JSON.stringify(body) ?? ''));
}
