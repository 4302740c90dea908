import { type EventId, pack } from '@ingressou/protocol';
import { toPlain } from '../../src/domain/snapshot.ts';
import { emptyShow } from '../../src/domain/state.ts';
import type { Snapshot, Snapshots } from '../../src/ports/snapshots.ts';
import type { Host } from './host.ts';
import type { World } from './world.ts';

/** As any cache: it may be down. */
export class ShelfError extends Error {
  override readonly name = 'ShelfError';
  constructor() {
    super('The shelf does not answer.');
  }
}

/**
 * Where snapshots lie. It outlives the processes, but it owes them nothing: what it gives may be
 * missing, old, of another generation, schema or history, or from a future that a restored
 * database has forgotten. Only whole: an adapter checks the bytes.
 */
export class Shelf {
  /** Every snapshot that was ever handed in, for the auditor. */
  readonly handedIn: Snapshot[] = [];
  readonly #world: World;
  readonly #kept = new Map<EventId, Snapshot[]>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The port of one process. */
  portOf(host: Host): Snapshots {
    return {
      save: (snapshot) => {
        this.handedIn.push(snapshot);
        host.emit(() => this.#keep(snapshot));
        return this.#later(host, () => undefined);
      },
      load: (event) => this.#later(host, () => this.#find(event)),
    };
  }

  /** The newest snapshot as it was saved. */
  newest(event: EventId): Snapshot | undefined {
    return this.#kept.get(event)?.at(-1);
  }

  #later<T>(host: Host, answer: () => T): Promise<T> {
    const { scheduler, knobs } = this.#world;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        if (this.#world.strikes(knobs.snapshotFlawChance / 4)) reject(new ShelfError());
        else resolve(answer());
      };
      scheduler.after(this.#world.delay(knobs.statementMs), () => host.enter(end));
    });
  }

  #keep(snapshot: Snapshot): void {
    if (this.#world.strikes(this.#world.knobs.snapshotFlawChance / 2)) return;
    const kept = this.#kept.get(snapshot.event) ?? [];
    kept.push(snapshot);
    this.#kept.set(snapshot.event, kept);
  }

  #find(event: EventId): Snapshot | undefined {
    const newest = this.newest(event);
    const isFlawed = this.#world.strikes(this.#world.knobs.snapshotFlawChance);
    if (newest === undefined || !isFlawed) return newest;
    const flaw = this.#world.pick(flaws);
    this.#world.trace.note('shelf', `gives a snapshot that is ${flaw}`);
    if (flaw === 'between two rows')
      return { ...hollow(newest), position: this.#withinRow(newest) };
    return flawed(newest, flaw, this.#kept.get(event)?.[0] ?? newest);
  }

  /** Most rows have one fact: in the newest one with three, a place where no row begins or ends. */
  #withinRow({ event, position }: Snapshot): number {
    const rows = this.#world.server.postgres.rows('journal');
    const starts = rows.flatMap((row) => (row.event_id === event ? [Number(row.position)] : []));
    const isWide = (start: number, at: number) => {
      return start < position && (starts[at + 1] ?? start) >= start + 3;
    };
    const wide = starts.findLast(isWide);
    return wide === undefined ? position - 1 : wide + 2;
  }
}

const flaws = [
  'missing',
  'old',
  'ahead',
  'between two rows',
  'of another history',
  'of another generation',
  'of another schema',
] as const;

/** A bad one holds nothing of the show: whoever uses it will soon be wrong. */
function hollow(snapshot: Snapshot): Snapshot {
  return { ...snapshot, body: pack(toPlain(emptyShow(snapshot.event))) };
}

function flawed(
  newest: Snapshot,
  flaw: Exclude<(typeof flaws)[number], 'between two rows'>,
  oldest: Snapshot,
): Snapshot | undefined {
  const empty = hollow(newest);
  switch (flaw) {
    case 'missing':
      return undefined;
    case 'old':
      return oldest;
    case 'ahead':
      return { ...empty, position: newest.position + 1_000, hash: new Uint8Array(32) };
    case 'of another history':
      return { ...empty, hash: new Uint8Array(32) };
    case 'of another generation':
      return { ...empty, generation: newest.generation + 1 };
    case 'of another schema':
      return { ...empty, schema: newest.schema + 1 };
  }
}
