import type { EventId, NodeId } from '@ingressou/protocol';
import {
  type Lease,
  type Leases,
  LeasesUnavailableError,
  type Peer,
  type Pin,
  type Renewal,
} from '../ports/leases.ts';
import { booleanIn, numberIn, textIn } from './columns.ts';
import type { Columns, Database, OpenDatabase } from './database.ts';
import { leaseStatements as statements } from './lease-statements.ts';

/** The leases in PostgreSQL, over a connection that waits for nothing else. */
export class DatabaseLeases implements Leases {
  readonly #database: Database;
  #hasSwept = false;

  constructor({ leases }: Pick<OpenDatabase, 'leases'>) {
    this.#database = leases;
  }

  renew(lease: Lease, leaseMs: number): Promise<Renewal> {
    return answered(this.#renew(lease, leaseMs));
  }

  async end(node: NodeId): Promise<void> {
    await answered(this.#database.query(statements.end, [node]));
  }

  async pins(): Promise<Pin[]> {
    const pins = await answered(this.#database.query(statements.pins, []));
    return pins.map(pinOf);
  }

  async #renew(lease: Lease, leaseMs: number): Promise<Renewal> {
    await this.#sweep();
    const { node, name, hasActors, isLeaving } = lease;
    const values = [node, name, hasActors, isLeaving, leaseMs];
    const [renewed] = await this.#database.query(statements.renew, values);
    // Everything is told relative to one reading of the clock: a lease that nobody has prolonged
    // ends at exactly the same time at the next call, and that is how silence is recognised.
    const now = numberIn(renewed ?? {}, 'expires_at') - leaseMs;
    const others = await this.#database.query(statements.others, [node]);
    return { now, others: others.map((columns) => peerOf(columns, now)) };
  }

  /** Every start leaves a row behind, so every start removes those of long ago. */
  async #sweep(): Promise<void> {
    if (this.#hasSwept) return;
    await this.#database.query(statements.sweep, []);
    this.#hasSwept = true;
  }
}

/**
 * Ends every lease. Only for a database that no other process can have open, the embedded one: its
 * owners are dead, however long their leases would still run.
 */
export async function forgetLeases(database: Database): Promise<void> {
  await database.query(statements.forget, []);
}

async function answered<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (cause) {
    throw new LeasesUnavailableError({ cause });
  }
}

function peerOf(columns: Columns, now: number): Peer {
  return {
    node: textIn<NodeId>(columns, 'node'),
    name: textIn(columns, 'name'),
    hasActors: booleanIn(columns, 'has_actors'),
    isLeaving: booleanIn(columns, 'is_leaving'),
    leftMs: numberIn(columns, 'expires_at') - now,
  };
}

function pinOf(columns: Columns): Pin {
  return {
    event: textIn<EventId>(columns, 'event_id'),
    name: textIn(columns, 'name'),
    isAlone: booleanIn(columns, 'is_alone'),
  };
}
