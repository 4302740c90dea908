import type { EventId } from '@ingressou/protocol';
import {
  type Columns,
  type Statement,
  StatementError,
  type Value,
} from '../../src/store/database.ts';
import { type Column, type Insert, type Plan, parse, type Record, type Update } from './sql.ts';
import {
  type Expression,
  type Given,
  type Scope,
  type Source,
  UnknownSqlError,
} from './sql-expressions.ts';

export interface SimulatedPostgresOptions {
  /** The clock of the server's machine, in milliseconds since 1970. */
  readonly now: () => number;
  /** Hears of each row of the journal in the instant it is durable. */
  readonly onRow?: (row: Readonly<Record>) => void;
}

type Table = 'event_head' | 'journal' | 'node_lease' | 'pin';

/**
 * A PostgreSQL server with our tables: one statement at a time, each at one instant and whole or
 * not at all. That is what the real one does with these statements: each writes under the lock of
 * one row and decides only after it has it, and what it reads besides are committed rows.
 * `model.test.ts` holds it against the real one.
 *
 * Nothing here waits for a lock, so there is no zombie whose open transaction stands in the way of
 * its successor; that is for tests on real servers.
 */
export class SimulatedPostgres {
  readonly #now: () => number;
  readonly #onRow: (row: Readonly<Record>) => void;
  readonly #tables: { readonly [name in Table]: Record[] } = {
    event_head: [],
    journal: [],
    node_lease: [],
    pin: [],
  };

  constructor({ now, onRow = () => {} }: SimulatedPostgresOptions) {
    this.#now = now;
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

  /** What an operator's tool writes; without a name the show may be anywhere. */
  pin(event: EventId, name: string | undefined, isAlone: boolean): void {
    const others = this.#tables.pin.filter(({ event_id }) => event_id !== event);
    const pins = name === undefined ? [] : [{ event_id: event, name, is_alone: isAlone }];
    this.#tables.pin.splice(0, this.#tables.pin.length, ...others, ...pins);
  }

  rows(table: Table): readonly Readonly<Record>[] {
    return this.#table(table);
  }

  /** @throws {StatementError} nothing of it happened */
  execute(statement: Statement, values: readonly Value[] = []): Columns[] {
    // It would end whoever holds a lock that a claim waits for, and here nobody does.
    if (statement.name === 'journal_end_zombie') return [];
    const plan = planOf(statement);
    const given: Given = {
      parameters: values,
      now: this.#now() * 1_000,
      table: (name) => this.#table(name),
    };
    switch (plan.kind) {
      case 'update':
        return this.#update(plan, given);
      case 'insert':
        return this.#insert(statement, plan, given);
      case 'upsert':
        return this.#upsert(plan, given);
      case 'delete':
        return this.#delete(plan, given);
      case 'select':
        return this.#select(plan, given);
    }
  }

  #update(update: Update, given: Given): Columns[] {
    const changed = this.#changed(update, given);
    for (const { row, changes } of changed) Object.assign(row, changes);
    const scopes = changed.map(({ row }) => scopeOf(update.table, row, given));
    return answersOf(update.returning, scopes);
  }

  #changed({ table, set, where }: Update, given: Given) {
    const scopes = this.#table(table).map((row) => scopeOf(table, row, given));
    return matching(scopes, where).map((scope) => ({
      row: scope.row as Record,
      changes: changesOf(set, scope),
    }));
  }

  #insert(
    statement: Statement,
    { source, table, columns, values, returning }: Insert & { readonly source: Update },
    given: Given,
  ): Columns[] {
    const changed = this.#changed(source, given);
    const made = changed.map(({ row, changes }) => {
      const seen = scopeOf(source.table, { ...row, ...changes }, given);
      const names = answerOf(source.returning, seen) as Record;
      return madeOf({ columns, values }, scopeOf('', names, given));
    });
    for (const row of made) this.#checkKey(statement, row);
    for (const { row, changes } of changed) Object.assign(row, changes);
    for (const row of made) {
      this.#table(table).push(row);
      this.#onRow(row);
    }
    return answersOf(
      returning,
      made.map((row) => scopeOf(table, row, given)),
    );
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

  #upsert(plan: Extract<Plan, { kind: 'upsert' }>, given: Given): Columns[] {
    const { table, key, set, returning } = plan;
    const made = madeOf(plan, scopeOf('', {}, given));
    const rows = this.#table(table);
    const known = rows.find((row) => row[key] === made[key]);
    if (known === undefined) rows.push(made);
    else {
      const outer = scopeOf('excluded', made, given);
      Object.assign(known, changesOf(set, { ...scopeOf(table, known, given), outer }));
    }
    return answersOf(returning, [scopeOf(table, known ?? made, given)]);
  }

  #delete({ table, where }: Extract<Plan, { kind: 'delete' }>, given: Given): Columns[] {
    const rows = this.#table(table);
    const kept = rows.filter((row) => where(scopeOf(table, row, given)) !== true);
    rows.splice(0, rows.length, ...kept);
    return [];
  }

  #select(plan: Extract<Plan, { kind: 'select' }>, given: Given): Columns[] {
    const { source, columns, where, orderBy, limit } = plan;
    const found = matching(this.#joined(source, given), where);
    found.sort((a, b) => comparedBy(orderBy, a, b));
    const max = limit === undefined ? found.length : Number(limit(scopeOf('', {}, given)));
    return found.slice(0, max).map((scope) => answerOf(columns, scope));
  }

  #joined({ table, join }: Source, given: Given): Scope[] {
    const rows = this.#table(table);
    if (join === undefined) return rows.map((row) => scopeOf(table, row, given));
    const tables = [table, join.table];
    return rows.flatMap((row) => {
      const pairs = this.#table(join.table)
        .map((other): Scope => ({ tables, row: { ...row, ...other }, given }))
        .filter((scope) => join.on(scope) === true);
      return pairs.length > 0 ? pairs : [{ tables, row: { ...row, ...nothing }, given }];
    });
  }

  #table(name: string): Record[] {
    if (!(name in this.#tables)) throw new UnknownSqlError(`There is no table ${name}.`);
    return this.#tables[name as Table];
  }
}

/** By their text, for all servers: a plan remembers nothing. */
const plans = new Map<string, Plan>();

function planOf({ text }: Statement): Plan {
  const known = plans.get(text);
  if (known !== undefined) return known;
  const plan = parse(text);
  plans.set(text, plan);
  return plan;
}

/** What a left join gives where there is no lease. */
const nothing: Record = {
  node: null,
  name: null,
  has_actors: null,
  is_leaving: null,
  expires_at: null,
};

function scopeOf(table: string, row: Readonly<Record>, given: Given): Scope {
  return { tables: [table], row, given };
}

function matching(scopes: readonly Scope[], where: Expression): Scope[] {
  return scopes.filter((scope) => where(scope) === true);
}

function changesOf(set: Update['set'], scope: Scope): Record {
  const changes: Record = {};
  for (const { column, value } of set) {
    if (!(column in scope.row)) throw new UnknownSqlError(`There is no column ${column}.`);
    changes[column] = copied(value(scope));
  }
  return changes;
}

function madeOf({ columns, values }: Pick<Insert, 'columns' | 'values'>, scope: Scope): Record {
  const made: Record = {};
  for (const [index, column] of columns.entries()) {
    made[column] = copied(values[index]?.(scope) ?? null);
  }
  return made;
}

/** A statement that does not say `returning` gives no rows, however many it has changed. */
function answersOf(columns: readonly Column[], scopes: readonly Scope[]): Columns[] {
  return columns.length === 0 ? [] : scopes.map((scope) => answerOf(columns, scope));
}

function answerOf(columns: readonly Column[], scope: Scope): Columns {
  const answer: Record = {};
  for (const { name, value } of columns) answer[name] = copied(value(scope));
  return answer;
}

function comparedBy(expressions: readonly Expression[], a: Scope, b: Scope): number {
  for (const expression of expressions) {
    const [left, right] = [expression(a), expression(b)];
    if (left === right) continue;
    if (left === null || right === null) return left === null ? 1 : -1;
    return left < right ? -1 : 1;
  }
  return 0;
}

/** What crosses the wire is nobody's memory. */
function copied(value: Value): Value {
  return value instanceof Uint8Array ? Uint8Array.from(value) : value;
}
