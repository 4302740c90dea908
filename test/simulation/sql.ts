import type { Value } from '../../src/store/database.ts';
import { type Expression, ExpressionParser, type Source } from './sql-expressions.ts';

/**
 * Understands the little SQL that the journal and the leases speak, from its very text: a guard
 * that is taken out of a statement is out of the model too. Whatever it does not know it refuses
 * to guess.
 *
 *     update T set c = x, … where … [returning …]
 *     with N as (update …) insert into T (…) select x, … from N [returning …]
 *     insert into T (…) values (…) on conflict (c) do update set c = x, … [returning …]
 *     delete from T [where …]
 *     select … from T [left join T on …] where … [order by …] [limit x]
 */
export type Plan =
  | ({ readonly kind: 'update' } & Update)
  | ({ readonly kind: 'insert'; readonly source: Update } & Insert)
  | ({ readonly kind: 'upsert'; readonly key: string; readonly set: readonly Setting[] } & Insert)
  | { readonly kind: 'delete'; readonly table: string; readonly where: Expression }
  | {
      readonly kind: 'select';
      readonly source: Source;
      readonly columns: readonly Column[];
      readonly where: Expression;
      readonly orderBy: readonly Expression[];
      readonly limit: Expression | undefined;
    };

export interface Update {
  readonly table: string;
  readonly set: readonly Setting[];
  readonly where: Expression;
  readonly returning: readonly Column[];
}

export interface Insert {
  readonly table: string;
  readonly columns: readonly string[];
  readonly values: readonly Expression[];
  readonly returning: readonly Column[];
}

export interface Setting {
  readonly column: string;
  readonly value: Expression;
}

/** One column of an answer: its name there, and what it is. */
export interface Column {
  readonly name: string;
  readonly value: Expression;
}

export type Record = { [column: string]: Value };

export function parse(text: string): Plan {
  const parser = new Parser(text);
  const plan = parser.statement();
  parser.end();
  return plan;
}

class Parser extends ExpressionParser {
  statement(): Plan {
    if (this.accept('update')) return { kind: 'update', ...this.#update() };
    if (this.accept('with')) return this.#insert();
    if (this.accept('insert', 'into')) return this.#upsert();
    if (this.accept('delete', 'from')) return this.#delete();
    this.expect('select');
    return this.#select();
  }

  #update(): Update {
    const table = this.word();
    this.expect('set');
    const set = this.#settings();
    const where = this.where();
    return { table, set, where, returning: this.#returning() };
  }

  #settings(): Setting[] {
    return this.list(() => {
      const column = this.word();
      this.expect('=');
      return { column, value: this.expression() };
    });
  }

  #insert(): Plan {
    const name = this.word();
    this.expect('as', '(', 'update');
    const source = this.#update();
    this.expect(')', 'insert', 'into');
    const { table, columns } = this.#target();
    this.expect('select');
    const values = this.list(() => this.expression());
    this.expect('from', name);
    return { kind: 'insert', source, table, columns, values, returning: this.#returning() };
  }

  #upsert(): Plan {
    const { table, columns } = this.#target();
    this.expect('values', '(');
    const values = this.list(() => this.expression());
    this.expect(')', 'on', 'conflict', '(');
    const key = this.word();
    this.expect(')', 'do', 'update', 'set');
    const set = this.#settings();
    return { kind: 'upsert', key, set, table, columns, values, returning: this.#returning() };
  }

  #target(): Pick<Insert, 'table' | 'columns'> {
    const table = this.word();
    this.expect('(');
    const columns = this.list(() => this.word());
    this.expect(')');
    return { table, columns };
  }

  #delete(): Plan {
    const table = this.word();
    return { kind: 'delete', table, where: this.where() };
  }

  #select(): Plan {
    const columns = this.#columns();
    this.expect('from');
    const source = this.source();
    const where = this.where();
    const isOrdered = this.accept('order', 'by');
    const orderBy = isOrdered ? this.list(() => this.expression()) : [];
    const limit = this.accept('limit') ? this.expression() : undefined;
    return { kind: 'select', source, columns, where, orderBy, limit };
  }

  #returning(): Column[] {
    return this.accept('returning') ? this.#columns() : [];
  }

  #columns(): Column[] {
    return this.list(() => {
      const first = this.peek();
      const value = this.expression();
      return { name: this.accept('as') ? this.word() : first, value };
    });
  }
}
