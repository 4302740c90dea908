import type { EventId } from '@ingressou/protocol';
import {
  type Columns,
  type Statement,
  StatementError,
  type Value,
} from '../../src/store/database.ts';
import {
  type Condition,
  type Plan,
  parse,
  type Record,
  UnknownSqlError,
  type Update,
} from './sql.ts';

/**
 * A PostgreSQL server with the tables `event_head` and `journal`: one statement at a time, each at
 * one instant and whole or not at all. That is what the real one does with these statements: each
 * writes under the lock of one head's row and decides only after it has it, and what it reads
 * besides are committed rows. `model.test.ts` holds it against the real one.
 */
export class SimulatedPostgres {
  readonly #onRow: (row: Readonly<Record>) => void;
  readonly #plans = new Map<string, Plan>();
  readonly #tables: { readonly [name: string]: Record[] } = { event_head: [], journal: [] };

  /** `onRow` hears of each row of the journal in the instant it is durable. */
  constructor(onRow: (row: Readonly<Record>) => void = () => {}) {
    this.#onRow = onRow;
  }

  /** Begins the empty history of a show, with what the migration says of new heads. */
  addShow(event: EventId): void {
    this.#table('event_head').push({
      event_id: event,
      epoch: 0,
      owner: null,
      last_position: 0,
      hash: new Uint8Array(),
      generation: 1,
      wake_at: null,
      sealed: false,
    });
  }

  rows(table: 'event_head' | 'journal'): readonly Readonly<Record>[] {
    return this.#table(table);
  }

  /** @throws {StatementError} nothing of it happened */
  execute(statement: Statement, values: readonly Value[] = []): Columns[] {
    const plan = this.#planOf(statement);
    switch (plan.kind) {
      case 'update':
        return this.#update(plan, values);
      case 'insert':
        return this.#insert(statement, plan, values);
      case 'select':
        return this.#select(plan, values);
    }
  }

  #planOf({ text }: Statement): Plan {
    const known = this.#plans.get(text);
    if (known !== undefined) return known;
    const plan = parse(text);
    this.#plans.set(text, plan);
    return plan;
  }

  #update(update: Update, values: readonly Value[]): Columns[] {
    const changed = this.#changed(update, values);
    for (const { row, changes } of changed) Object.assign(row, changes);
    return returned(
      changed.map(({ row }) => row),
      update.returning,
    );
  }

  #changed({ table, set, where }: Update, values: readonly Value[]) {
    return matching(this.#table(table), where, values).map((row) => {
      const changes: Record = {};
      for (const { column, value } of set) {
        if (!(column in row)) throw new UnknownSqlError(`There is no column ${column}.`);
        changes[column] = copied(value(row, values));
      }
      return { row, changes };
    });
  }

  #insert(
    statement: Statement,
    { source, table, columns, values: expressions, returning }: Extract<Plan, { kind: 'insert' }>,
    values: readonly Value[],
  ): Columns[] {
    const changed = this.#changed(source, values);
    const made = changed.map(({ row, changes }) => {
      const seen = columnsOf({ ...row, ...changes }, source.returning) as Record;
      const cells = expressions.map((expression) => copied(expression(seen, values)));
      return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? null]));
    });
    for (const row of made) this.#checkKey(statement, row);
    for (const { row, changes } of changed) Object.assign(row, changes);
    for (const row of made) {
      this.#table(table).push(row);
      this.#onRow(row);
    }
    return returned(made, returning);
  }

  /** The primary key of `journal` is (event_id, position). */
  #checkKey(statement: Statement, { event_id, position }: Record): void {
    const isTaken = this.#table('journal').some(
      (row) => row.event_id === event_id && row.position === position,
    );
    if (!isTaken) return;
    const cause = new Error('duplicate key value violates unique constraint "journal_pkey"');
    throw new StatementError(statement, '23505', { cause });
  }

  #select(plan: Extract<Plan, { kind: 'select' }>, values: readonly Value[]): Columns[] {
    const { table, columns, where, orderBy, limit } = plan;
    const found = matching(this.#table(table), where, values);
    found.sort((a, b) => comparedBy(orderBy, a, b));
    const max = limit === undefined ? found.length : Number(limit({}, values));
    return found.slice(0, max).map((row) => columnsOf(row, columns));
  }

  #table(name: string): Record[] {
    const rows = this.#tables[name];
    if (rows === undefined) throw new UnknownSqlError(`There is no table ${name}.`);
    return rows;
  }
}

function matching(rows: readonly Record[], where: readonly Condition[], values: readonly Value[]) {
  return rows.filter((row) => where.every((holds) => holds(row, values)));
}

/** A statement that does not say `returning` gives no rows, however many it has changed. */
function returned(rows: readonly Record[], names: readonly string[]): Columns[] {
  return names.length === 0 ? [] : rows.map((row) => columnsOf(row, names));
}

function columnsOf(row: Readonly<Record>, names: readonly string[]): Columns {
  return Object.fromEntries(
    names.map((name) => {
      const value = row[name];
      if (value === undefined) throw new UnknownSqlError(`There is no column ${name}.`);
      return [name, copied(value)];
    }),
  );
}

function comparedBy(names: readonly string[], a: Record, b: Record): number {
  for (const name of names) {
    const [left, right] = [a[name], b[name]];
    if (left === right) continue;
    if (left == null || right == null) return left == null ? 1 : -1;
    return left < right ? -1 : 1;
  }
  return 0;
}

/** What crosses the wire is nobody's memory. */
function copied(value: Value): Value {
  return value instanceof Uint8Array ? Uint8Array.from(value) : value;
}
