import type { EventId, NodeId } from '@ingressou/protocol';
import { systemClock } from '../../src/clock.ts';
import type { Place } from '../../src/ports/followers.ts';
import { projectorName } from '../../src/ports/read-models.ts';
import type { Database, OpenDatabase } from '../../src/store/database.ts';
import { DatabaseFollowers } from '../../src/store/followers.ts';
import { DatabaseReadModels } from '../../src/store/read-models.ts';
import type { FollowedFacts } from '../../src/workers/follow/work.ts';
import { projectionOf } from '../../src/workers/projector/projection-of.ts';
import { longMs, type OpenJournal } from './journal-stage.ts';
import { newEvent, newNode } from './rows.ts';
import { journalIn } from './stores.ts';

export const projectedTables = [
  'sale_order',
  'ticket',
  'check_in',
  'lot_sales',
  'ledger_entry',
] as const;

/** Read models in a database, and projectors that have places in shows of their own. */
export class ReadModelsStage {
  readonly database: Database;
  readonly store: OpenJournal;
  readonly followers: DatabaseFollowers;
  readonly readModels: DatabaseReadModels;

  private constructor(open: OpenDatabase, store: OpenJournal) {
    this.database = open.database;
    this.store = store;
    this.followers = new DatabaseFollowers(open);
    this.readModels = new DatabaseReadModels({ database: open.database, clock: systemClock });
  }

  static async open(open: OpenDatabase): Promise<ReadModelsStage> {
    return new ReadModelsStage(open, await journalIn(open));
  }

  /** A show with a history, as far as anybody asks the database, of some thousand facts. */
  async newShow(): Promise<EventId> {
    const event = newEvent();
    await this.store.create(event);
    return event;
  }

  async newNode(): Promise<NodeId> {
    const node = newNode();
    await this.store.lease(node, longMs);
    return node;
  }

  /** The projector's place in a show, taken from whoever had it. */
  async place(event: EventId): Promise<Place> {
    const text = 'update follower set owner = null where event_id = $1';
    await this.database.query({ name: 'free', text }, [event]);
    const [place] = await this.followers.claim([projectorName], event, await this.newNode());
    return place!;
  }

  /** Projects pages one after the other. */
  async project(place: Place, pages: readonly FollowedFacts[]): Promise<Place | undefined> {
    let now: Place | undefined = place;
    for (const page of pages) {
      now = now && (await this.readModels.project(now, projectionOf(page)));
    }
    return now;
  }

  /** All rows of a show, as they would be of any other with the same facts. */
  async rows(event: EventId): Promise<Record<string, unknown[]>> {
    const rows: Record<string, unknown[]> = {};
    for (const table of projectedTables) {
      const text = `select row_to_json(${table})::jsonb - 'event_id' as row from ${table}
        where event_id = $1 order by 1`;
      const found = await this.database.query({ name: `rows_${table}`, text }, [event]);
      rows[table] = found.map(({ row }) => row);
    }
    return rows;
  }
}
