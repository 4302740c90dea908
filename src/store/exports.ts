import type { EventId } from '@ingressou/protocol';
import {
  type Export,
  type ExportKind,
  type Exports,
  ExportsUnavailableError,
} from '../ports/exports.ts';
import { numberIn, textIn } from './columns.ts';
import type { Columns, Database, Statement, Value } from './database.ts';

/** Exports in PostgreSQL. */
export class DatabaseExports implements Exports {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async ask(id: string, event: EventId, kind: ExportKind): Promise<'asked' | 'known' | 'taken'> {
    const asked = await this.#query(insertExport, [id, event, kind]);
    if (asked.length > 0) return 'asked';
    const known = await this.find(id);
    return known?.event === event && known.kind === kind ? 'known' : 'taken';
  }

  async find(id: string): Promise<Export | undefined> {
    const [columns] = await this.#query(selectExport, [id]);
    return columns && exportIn(columns);
  }

  async stale(before: number, max: number): Promise<readonly Export[]> {
    return (await this.#query(selectStale, [before, max])).map(exportIn);
  }

  async progress(id: string, rowsDone: number, rowsTotal: number): Promise<void> {
    await this.#query(updateProgress, [id, rowsDone, rowsTotal]);
  }

  async finish(id: string, outcome: { readonly objectKey: string } | 'failed'): Promise<void> {
    const key = outcome === 'failed' ? null : outcome.objectKey;
    await this.#query(updateFinished, [id, outcome === 'failed' ? 'failed' : 'done', key]);
  }

  async #query(statement: Statement, values: readonly Value[]): Promise<Columns[]> {
    try {
      return await this.#database.query(statement, values);
    } catch (cause) {
      throw new ExportsUnavailableError({ cause });
    }
  }
}

function exportIn(columns: Columns): Export {
  return {
    id: textIn(columns, 'id'),
    event: textIn<EventId>(columns, 'event_id'),
    kind: textIn<ExportKind>(columns, 'kind'),
    status: textIn<Export['status']>(columns, 'status'),
    rowsDone: numberIn(columns, 'rows_done'),
    rowsTotal: numberIn(columns, 'rows_total'),
    objectKey: columns.object_key === null ? undefined : textIn(columns, 'object_key'),
    createdAt: numberIn(columns, 'created_ms'),
  };
}

const exportColumns = `id, event_id, kind, status, rows_done, rows_total, object_key,
  round(extract(epoch from created_at) * 1000)::bigint as created_ms`;

const insertExport: Statement = {
  name: 'export_insert',
  text: `insert into export (id, event_id, kind) values ($1, $2, $3)
    on conflict do nothing returning id`,
};

const selectExport: Statement = {
  name: 'export_find',
  text: `select ${exportColumns} from export where id = $1`,
};

// Found ones count as touched: several processes look, and one job is enough.
const selectStale: Statement = {
  name: 'export_stale',
  text: `update export set touched_at = now() where id in (
      select id from export where status in ('waiting', 'running')
        and touched_at < to_timestamp($1::float8 / 1000)
      order by touched_at limit $2 for update skip locked
    ) returning ${exportColumns}`,
};

const updateProgress: Statement = {
  name: 'export_progress',
  text: `update export set status = 'running', rows_done = $2, rows_total = $3, touched_at = now()
    where id = $1 and status in ('waiting', 'running')`,
};

const updateFinished: Statement = {
  name: 'export_finish',
  text: `update export set status = $2, object_key = $3, touched_at = now()
    where id = $1 and status in ('waiting', 'running')`,
};
