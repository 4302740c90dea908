import type { EventId, NodeId } from '@ingressou/protocol';
import pg from 'pg';

/** Who owns a show now, as the database has it. */
export interface Owned {
  readonly event: EventId;
  readonly epoch: number;
  readonly owner: NodeId | undefined;
  /** What operators call the owner, while its lease runs. */
  readonly name: string | undefined;
}

interface Columns {
  readonly event_id: EventId;
  readonly epoch: string;
  readonly owner: NodeId | null;
  readonly name: string | null;
}

/** Looks into the database past every proxy and node. */
export class ClusterView {
  readonly #pool: pg.Pool;

  constructor(url: string) {
    this.#pool = new pg.Pool({ connectionString: url, max: 2, connectionTimeoutMillis: 2_000 });
    // The server is killed under it, on purpose.
    this.#pool.on('error', () => {});
    this.#pool.on('connect', (client) => client.on('error', () => {}));
  }

  async owners(): Promise<Owned[]> {
    const { rows } = await this.#pool.query<Columns>(
      `select h.event_id, h.epoch, h.owner, l.name from event_head h
         left join node_lease l on l.node = h.owner and l.expires_at > clock_timestamp()
        order by h.event_id`,
    );
    return rows.map(({ event_id, epoch, owner, name }) => ({
      event: event_id,
      epoch: Number(epoch),
      owner: owner ?? undefined,
      name: name ?? undefined,
    }));
  }

  async query<T extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<T[]> {
    return (await this.#pool.query<T>(text, values)).rows;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}
