import { type EventId, type NodeId, type Unwanted, unpack } from '@ingressou/protocol';
import { assert } from '../domain/assert.ts';
import { type Effect, forFollowers } from '../domain/effects.ts';
import { evolve } from '../domain/evolve.ts';
import { fromPlain, type PlainShow, snapshotSchema } from '../domain/snapshot.ts';
import { emptyShow, type ShowState } from '../domain/state.ts';
import { UnknownFactError } from '../domain/unknown-fact.ts';
import type { Clock } from '../ports/clock.ts';
import { type Head, type Journal, JournalUnavailableError, type Row } from '../ports/journal.ts';
import type { Snapshot, Snapshots } from '../ports/snapshots.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { hashRow, isSameHash } from './chain.ts';

/**
 * Facts replayed before everything else gets a chance to run: about 1 ms. No more than a socket
 * holds of the next page, which is read in between: else the database stands still meanwhile.
 */
const sliceFacts = 500;

export interface RecoveryOptions {
  readonly journal: Journal;
  readonly snapshots: Snapshots;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** A show as it is at `position`: the state and where its history stands. */
export interface Recovered {
  readonly state: ShowState;
  readonly epoch: number;
  readonly generation: number;
  readonly position: number;
  readonly hash: Uint8Array;
  /** Time of the last turn; 0 before the first. */
  readonly at: number;
  readonly isFromSnapshot: boolean;
}

/** The history was written by a newer program too: this one cannot say how the show is. */
export class NewerHistoryError extends Error {
  override readonly name = 'NewerHistoryError';
  /** Of the head that was read, which is ours if it was claimed. */
  readonly epoch: number;
  constructor({ event, epoch }: Head, options: ErrorOptions) {
    super(`The history of show ${event} is newer than this node.`, options);
    this.epoch = epoch;
  }
}

/**
 * Claims a show, then folds the newest good snapshot and every row behind it. The order is the
 * safety: what is read after the claim is all there will ever be of earlier owners. Undefined
 * when there is no such show. `insteadOf` as `Journal.claim`.
 *
 * @throws {OwnedError}, {SealedError}, {JournalUnavailableError} as `Journal.claim`
 * @throws {NewerHistoryError} the show is claimed, and cannot be served here
 * @throws {BrokenInvariant} the history does not add up
 */
export async function recover(
  options: RecoveryOptions,
  event: EventId,
  owner: NodeId,
  insteadOf?: number,
): Promise<Recovered | undefined> {
  const head = await options.journal.claim(event, owner, insteadOf);
  return head === undefined ? undefined : await fold(options, head);
}

/** The same for reading only: nothing is claimed, and the owner, if any, notices nothing. */
export async function peek(
  options: RecoveryOptions,
  event: EventId,
): Promise<Recovered | undefined> {
  const head = await options.journal.head(event);
  return head === undefined ? undefined : await fold(options, head);
}

async function fold(options: RecoveryOptions, head: Head): Promise<Recovered> {
  try {
    const snapshot = await usableSnapshot(options, head);
    const recovered = snapshot && (await foldBehind(options, head, snapshot));
    return recovered ?? (await foldFrom(options, head, undefined));
  } catch (cause) {
    if (cause instanceof UnknownFactError) throw new NewerHistoryError(head, { cause });
    throw cause;
  }
}

/** Undefined when it breaks: the snapshot is a guess, and only the journal can be wrong for good. */
async function foldBehind(
  options: RecoveryOptions,
  head: Head,
  snapshot: Snapshot,
): Promise<Recovered | undefined> {
  try {
    return await foldFrom(options, head, snapshot);
  } catch (cause) {
    if (cause instanceof JournalUnavailableError || cause instanceof UnknownFactError) throw cause;
    options.telemetry.snapshotIgnored(head.event, 'does not fit');
    return undefined;
  }
}

async function foldFrom(
  { journal, clock }: RecoveryOptions,
  head: Head,
  snapshot: Snapshot | undefined,
): Promise<Recovered> {
  const state = snapshot === undefined ? emptyShow(head.event) : stateOf(snapshot);
  let { position, hash, at } = snapshot ?? { position: 0, hash: new Uint8Array(), at: 0 };
  let sinceSlice = 0;
  for await (const row of journal.read(head.event, position, head.position)) {
    assert(row.position === position, `row ${row.last} follows the one before it`);
    assert(isSameHash(row.hash, hashRow(hash, row)), `row ${row.last} is as it was written`);
    const effects = effectsOf(row);
    for (const effect of effects) evolve(state, effect, row.at);
    ({ last: position, hash, at } = row);
    sinceSlice += effects.length;
    if (sinceSlice < sliceFacts) continue;
    sinceSlice = 0;
    await new Promise<void>((resolve) => clock.soon(resolve));
  }
  assert(position === head.position, 'a history ends where its head says');
  assert(isSameHash(hash, head.hash), 'the last row is the one its head names');
  const { epoch, generation } = head;
  const isFromSnapshot = snapshot !== undefined;
  return { state, epoch, generation, position, hash, at, isFromSnapshot };
}

/** Keys of facts that change no state. */
const unwanted: Unwanted = new Map(
  Object.entries(forFollowers).map(([type, keys]) => [type, new Set<string>(keys)]),
);

/** Of a row whose hash vouches for it. */
function effectsOf(row: Row): readonly Effect[] {
  const effects = unpack(row.facts, unwanted) as readonly Effect[];
  assert(row.position + effects.length === row.last, `row ${row.last} counts its facts`);
  return effects;
}

function stateOf(snapshot: Snapshot): ShowState {
  return fromPlain(unpack(snapshot.body) as PlainShow);
}

/** A snapshot is a guess about the journal: it is used only if the journal agrees. */
async function usableSnapshot(
  { journal, snapshots, telemetry }: RecoveryOptions,
  head: Head,
): Promise<Snapshot | undefined> {
  const snapshot = await loaded(snapshots, telemetry, head.event);
  if (snapshot === undefined) return undefined;
  const flaw = flawOf(snapshot, head) ?? (await strangeness(journal, snapshot));
  if (flaw === undefined) return snapshot;
  telemetry.snapshotIgnored(head.event, flaw);
  return undefined;
}

async function loaded(snapshots: Snapshots, telemetry: Telemetry, event: EventId) {
  try {
    return await snapshots.load(event);
  } catch (cause) {
    // A cache that is down costs time, never the show.
    telemetry.failed('load a snapshot', cause);
    return undefined;
  }
}

function flawOf(snapshot: Snapshot, head: Head): string | undefined {
  if (snapshot.schema !== snapshotSchema) return 'another schema';
  if (snapshot.generation !== head.generation) return 'another generation';
  if (snapshot.position > head.position) return 'ahead of the journal';
  return undefined;
}

async function strangeness(journal: Journal, snapshot: Snapshot): Promise<string | undefined> {
  const { event, position, hash } = snapshot;
  for await (const row of journal.read(event, position - 1, position)) {
    return isSameHash(row.hash, hash) ? undefined : 'of another history';
  }
  return 'at no row of the journal';
}
