import type { Value } from '../../src/store/database.ts';

/**
 * Understands the little SQL that the journal speaks, from its very text: a guard that is taken
 * out of a statement is out of the model too. Whatever it does not know it refuses to guess.
 *
 *     update T set c = x, … where … [returning …]
 *     with N as (update …) insert into T (…) select x, … from N [returning …]
 *     select … from T where … [order by …] [limit x]
 */
export type Plan =
  | ({ readonly kind: 'update' } & Update)
  | {
      readonly kind: 'insert';
      readonly source: Update;
      readonly table: string;
      readonly columns: readonly string[];
      readonly values: readonly Expression[];
      readonly returning: readonly string[];
    }
  | {
      readonly kind: 'select';
      readonly table: string;
      readonly columns: readonly string[];
      readonly where: readonly Condition[];
      readonly orderBy: readonly string[];
      readonly limit: Expression | undefined;
    };

export interface Update {
  readonly table: string;
  readonly set: readonly { readonly column: string; readonly value: Expression }[];
  readonly where: readonly Condition[];
  readonly returning: readonly string[];
}

export type Record = { [column: string]: Value };
export type Expression = (row: Readonly<Record>, parameters: readonly Value[]) => Value;
export type Condition = (row: Readonly<Record>, parameters: readonly Value[]) => boolean;

/** The model has not been taught this SQL. */
export class UnknownSqlError extends Error {
  override readonly name = 'UnknownSqlError';
}

export function parse(text: string): Plan {
  const parser = new Parser(text);
  const plan = parser.statement();
  parser.end();
  return plan;
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly string[];
  #index = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = text.match(/\$\d+|\w+|::|<=|>=|[^\s\w]/g) ?? [];
  }

  statement(): Plan {
    if (this.#accept('update')) return { kind: 'update', ...this.#update() };
    if (this.#accept('with')) return this.#insert();
    this.#expect('select');
    return this.#select();
  }

  end(): void {
    if (this.#index < this.#tokens.length) this.#refuse();
  }

  #update(): Update {
    const table = this.#word();
    this.#expect('set');
    const set = this.#list(() => {
      const column = this.#word();
      this.#expect('=');
      return { column, value: this.#expression() };
    });
    const where = this.#where();
    return { table, set, where, returning: this.#returning() };
  }

  #insert(): Plan {
    const name = this.#word();
    this.#expect('as', '(', 'update');
    const source = this.#update();
    this.#expect(')', 'insert', 'into');
    const table = this.#word();
    this.#expect('(');
    const columns = this.#list(() => this.#word());
    this.#expect(')', 'select');
    const values = this.#list(() => this.#expression());
    this.#expect('from', name);
    return { kind: 'insert', source, table, columns, values, returning: this.#returning() };
  }

  #select(): Plan {
    const columns = this.#list(() => this.#word());
    this.#expect('from');
    const table = this.#word();
    const where = this.#where();
    const isOrdered = this.#accept('order', 'by');
    const orderBy = isOrdered ? this.#list(() => this.#word()) : [];
    const limit = this.#accept('limit') ? this.#expression() : undefined;
    return { kind: 'select', table, columns, where, orderBy, limit };
  }

  #where(): Condition[] {
    if (!this.#accept('where')) return [];
    const conditions = [this.#condition()];
    while (this.#accept('and')) conditions.push(this.#condition());
    return conditions;
  }

  #returning(): string[] {
    return this.#accept('returning') ? this.#list(() => this.#word()) : [];
  }

  /** Null compares to nothing, so a condition on it does not hold. */
  #condition(): Condition {
    if (this.#accept('not')) {
      const value = this.#expression();
      return (row, parameters) => value(row, parameters) === false;
    }
    const left = this.#expression();
    const compare = comparisons[this.#word()] ?? this.#refuse();
    const right = this.#expression();
    return (row, parameters) => {
      const [a, b] = [left(row, parameters), right(row, parameters)];
      return a !== null && b !== null && compare(a, b);
    };
  }

  #expression(): Expression {
    let value = this.#operand();
    for (;;) {
      const left = value;
      if (this.#accept('+')) {
        const right = this.#operand();
        value = (row, given) => arithmetic(left(row, given), right(row, given), (a, b) => a + b);
      } else if (this.#accept('/')) {
        const right = this.#operand();
        value = (row, given) => arithmetic(left(row, given), right(row, given), (a, b) => a / b);
      } else return value;
    }
  }

  #operand(): Expression {
    const token = this.#word();
    if (token.startsWith('$')) return this.#parameter(Number(token.slice(1)) - 1);
    if (token === 'to_timestamp') return this.#timestamp();
    if (token === 'true') return () => true;
    if (/^\d+$/.test(token)) return () => Number(token);
    if (!/^[a-z_]+$/.test(token)) this.#refuse();
    return (row) => {
      const value = row[token];
      if (value === undefined) throw new UnknownSqlError(`There is no column ${token}.`);
      return value;
    };
  }

  #parameter(index: number): Expression {
    if (this.#accept('::')) this.#expect('float8');
    return (_row, parameters) => {
      const value = parameters[index];
      if (value === undefined) throw new UnknownSqlError(`There is no parameter ${index + 1}.`);
      return value;
    };
  }

  /** Kept in microseconds, as precise as PostgreSQL does. */
  #timestamp(): Expression {
    this.#expect('(');
    const seconds = this.#expression();
    this.#expect(')');
    return (row, parameters) => {
      return arithmetic(seconds(row, parameters), 1e6, (a, b) => Math.round(a * b));
    };
  }

  #list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.#accept(',')) items.push(item());
    return items;
  }

  #word(): string {
    const token = this.#tokens[this.#index] ?? this.#refuse();
    this.#index += 1;
    return token;
  }

  #accept(...expected: readonly string[]): boolean {
    const isNext = expected.every((token, offset) => this.#tokens[this.#index + offset] === token);
    if (isNext) this.#index += expected.length;
    return isNext;
  }

  #expect(...expected: readonly string[]): void {
    if (!this.#accept(...expected)) this.#refuse();
  }

  #refuse(): never {
    const rest = this.#tokens.slice(this.#index).join(' ');
    throw new UnknownSqlError(`The model does not know "${rest}" in "${this.#text}".`);
  }
}

type Comparable = Exclude<Value, null>;

const comparisons: { readonly [operator: string]: (a: Comparable, b: Comparable) => boolean } = {
  '=': (a, b) => a === b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
};

function arithmetic(a: Value, b: Value, compute: (a: number, b: number) => number): Value {
  if (a === null || b === null) return null;
  if (typeof a === 'number' && typeof b === 'number') return compute(a, b);
  throw new UnknownSqlError('Only numbers are computed with.');
}
