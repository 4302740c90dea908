import { type EventId, unpack } from '@ingressou/protocol';
import type { Command } from '../../src/domain/commands.ts';
import type { Fact } from '../../src/domain/facts.ts';
import { causeOfCommand, causeOfFact, isMain } from './causes.ts';
import type { Durable } from './history.ts';
import { Reference } from './reference.ts';
import type { Record } from './sql.ts';
import type { World } from './world.ts';

/** A row of the final journal, and when it became part of it. */
export interface LedgerRow {
  readonly event: EventId;
  readonly previous: LedgerRow | undefined;
  /** Number of the last fact before this row, as the row before it says. */
  readonly before: number;
  readonly position: number;
  readonly epoch: number;
  readonly owner: string;
  readonly at: number;
  readonly facts: readonly Fact[];
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
  readonly durable: Durable;
}

/** A fact with its own number. */
export interface Entry {
  readonly fact: Fact;
  readonly number: number;
  readonly row: LedgerRow;
}

/** What the journal says of one show when all is over: the truth that answers are held against. */
export class Ledger {
  readonly event: EventId;
  readonly rows: readonly LedgerRow[];
  readonly entries: readonly Entry[];
  readonly #byCause = new Map<string, Entry[]>();

  constructor(world: World, event: EventId) {
    this.event = event;
    this.rows = rowsOf(world, event);
    this.entries = this.rows.flatMap((row) =>
      row.facts.map((fact, index) => ({ fact, row, number: row.before + index + 1 })),
    );
    for (const entry of this.entries) {
      const cause = causeOfFact(entry.fact);
      if (cause === undefined || !isMain(entry.fact)) continue;
      this.#byCause.set(cause, [...(this.#byCause.get(cause) ?? []), entry]);
    }
  }

  /** What was done for a command, but for what had to follow. */
  doneFor(command: Command): readonly Entry[] {
    return this.#byCause.get(causeOfCommand(command) ?? '') ?? [];
  }

  /** What became of the money of a charge. */
  becameOf(charge: string): readonly Entry[] {
    return this.#byCause.get(`charge:${charge}`) ?? [];
  }

  /** When the last hold ends or the sale opens, by the show's own time; 0 if neither will. */
  lastDeadline(): number {
    const reference = new Reference();
    for (const { fact, row } of this.entries) reference.note(fact, row.at);
    const ends = [...reference.holds.values()]
      .filter(({ status }) => status === 'held')
      .map(({ expiresAt }) => expiresAt);
    return Math.max(0, reference.sale.opensAt ?? 0, ...ends);
  }

  /** How far the journal reached at a moment of the history. */
  reachedAt(order: number): number {
    return this.rows.findLast(({ durable }) => durable.order <= order)?.position ?? 0;
  }
}

function rowsOf(world: World, event: EventId): LedgerRow[] {
  const durables = new Map<unknown, Durable>();
  for (const durable of world.history.durables) {
    if (durable.event === event) durables.set(durable.position, durable);
  }
  const rows: LedgerRow[] = [];
  const stored = world.server.postgres
    .rows('journal')
    .filter((row) => row.event_id === event)
    .sort((a, b) => Number(a.position) - Number(b.position));
  for (const row of stored) {
    rows.push(rowOf(event, row, rows.at(-1), durables.get(row.position)!));
  }
  return rows;
}

function rowOf(
  event: EventId,
  stored: Readonly<Record>,
  previous: LedgerRow | undefined,
  durable: Durable,
): LedgerRow {
  const bytes = stored.facts as Uint8Array;
  return {
    event,
    previous,
    before: previous?.position ?? 0,
    position: Number(stored.position),
    epoch: Number(stored.epoch),
    owner: String(stored.owner),
    at: Number(stored.at),
    facts: unpack(bytes) as readonly Fact[],
    bytes,
    hash: stored.hash as Uint8Array,
    durable,
  };
}
