import type { Value } from '../../src/store/database.ts';
import type { Record } from './sql.ts';

/** What an expression may look at: a row, what surrounds it, the parameters, and the server. */
export interface Scope {
  /** The tables that the row is of. */
  readonly tables: readonly string[];
  readonly row: Readonly<Record>;
  readonly outer?: Scope;
  readonly given: Given;
}

export interface Given {
  readonly parameters: readonly Value[];
  /** The server's clock, in microseconds since 1970. */
  readonly now: number;
  readonly table: (name: string) => readonly Record[];
}

export type Expression = (scope: Scope) => Value;

/** What rows are taken from. */
export interface Source {
  readonly table: string;
  readonly join: { readonly table: string; readonly on: Expression } | undefined;
}

/** The model has not been taught this SQL. */
export class UnknownSqlError extends Error {
  override readonly name = 'UnknownSqlError';
}

/** Times and spans of time are numbers of microseconds: as precise as PostgreSQL keeps them. */
const perSecond = 1e6;
const spans: { readonly [text: string]: number } = {
  "'1 millisecond'": perSecond / 1_000,
  "'1 minute'": perSecond * 60,
  "'1 day'": perSecond * 60 * 60 * 24,
};

const tokens = /\$\d+|'[^']*'|\w+|::|<=|>=|<>|[^\s\w]/g;

/** Expressions as closures, weakest binding first. Null is neither true nor false, as in SQL. */
export class ExpressionParser {
  readonly #text: string;
  readonly #tokens: readonly string[];
  #index = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = text.match(tokens) ?? [];
  }

  end(): void {
    if (this.#index < this.#tokens.length) this.refuse();
  }

  where(): Expression {
    return this.accept('where') ? this.expression() : () => true;
  }

  source(): Source {
    const table = this.word();
    if (!this.accept('left', 'join')) return { table, join: undefined };
    const joined = this.word();
    this.expect('on');
    return { table, join: { table: joined, on: this.expression() } };
  }

  expression(): Expression {
    let value = this.#conjunction();
    while (this.accept('or')) {
      const [left, right] = [value, this.#conjunction()];
      value = (scope) => {
        const a = left(scope);
        return a === true ? true : either(a, right(scope));
      };
    }
    return value;
  }

  #conjunction(): Expression {
    let value = this.#negation();
    while (this.accept('and')) {
      const [left, right] = [value, this.#negation()];
      value = (scope) => {
        const a = left(scope);
        return a === false ? false : both(a, right(scope));
      };
    }
    return value;
  }

  #negation(): Expression {
    if (!this.accept('not')) return this.#comparison();
    const value = this.#negation();
    return (scope) => {
      const truth = value(scope);
      return truth === null ? null : !truth;
    };
  }

  #comparison(): Expression {
    const left = this.#sum();
    if (this.accept('is', 'null')) return (scope) => left(scope) === null;
    const compare = comparisons[this.peek()];
    if (compare === undefined) return left;
    this.word();
    const right = this.#sum();
    return (scope) => {
      const [a, b] = [left(scope), right(scope)];
      return a === null || b === null ? null : compare(a, b);
    };
  }

  #sum(): Expression {
    let value = this.#product();
    for (;;) {
      if (this.accept('+')) value = computed(value, this.#product(), (a, b) => a + b);
      else if (this.accept('-')) value = computed(value, this.#product(), (a, b) => a - b);
      else return value;
    }
  }

  #product(): Expression {
    let value = this.#cast();
    for (;;) {
      if (this.accept('*')) value = computed(value, this.#cast(), (a, b) => a * b);
      else if (this.accept('/')) value = computed(value, this.#cast(), (a, b) => a / b);
      else return value;
    }
  }

  #cast(): Expression {
    const value = this.#operand();
    if (!this.accept('::')) return value;
    if (!this.accept('float8')) this.expect('bigint');
    return value;
  }

  #operand(): Expression {
    const token = this.word();
    if (token === '(') return this.#closed(this.expression());
    if (token === 'exists') return this.#exists();
    if (token === 'interval') return this.#interval();
    if (token.startsWith('$')) return this.#parameter(Number(token.slice(1)) - 1);
    if (/^\d+$/.test(token)) return () => Number(token);
    if (!/^[a-z_]+$/.test(token)) this.refuse();
    if (this.accept('(')) return this.#call(token);
    if (token === 'null') return () => null;
    if (token === 'true') return () => true;
    return this.accept('.') ? columnOf(this.word(), token) : columnOf(token);
  }

  #closed(value: Expression): Expression {
    this.expect(')');
    return value;
  }

  #exists(): Expression {
    this.expect('(', 'select', 'from');
    const table = this.word();
    const holds = this.#closed(this.where());
    return (outer) => {
      const { given } = outer;
      return given
        .table(table)
        .some((row) => holds({ tables: [table], row, outer, given }) === true);
    };
  }

  #interval(): Expression {
    const span = spans[this.word()] ?? this.refuse();
    return () => span;
  }

  #parameter(index: number): Expression {
    return ({ given: { parameters } }) => {
      const value = parameters[index];
      if (value === undefined) throw new UnknownSqlError(`There is no parameter ${index + 1}.`);
      return value;
    };
  }

  #call(name: string): Expression {
    switch (name) {
      case 'clock_timestamp':
        this.expect(')');
        return ({ given }) => given.now;
      case 'to_timestamp':
        return rounded(times(this.#closed(this.expression()), perSecond));
      case 'round':
        return rounded(this.#closed(this.expression()));
      case 'extract':
        this.expect('epoch', 'from');
        return times(this.#closed(this.expression()), 1 / perSecond);
      default:
        return this.refuse();
    }
  }

  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.accept(',')) items.push(item());
    return items;
  }

  peek(): string {
    return this.#tokens[this.#index] ?? '';
  }

  word(): string {
    const token = this.#tokens[this.#index] ?? this.refuse();
    this.#index += 1;
    return token;
  }

  accept(...expected: readonly string[]): boolean {
    const isNext = expected.every((token, offset) => this.#tokens[this.#index + offset] === token);
    if (isNext) this.#index += expected.length;
    return isNext;
  }

  expect(...expected: readonly string[]): void {
    if (!this.accept(...expected)) this.refuse();
  }

  refuse(): never {
    const rest = this.#tokens.slice(this.#index).join(' ');
    throw new UnknownSqlError(`The model does not know "${rest}" in "${this.#text}".`);
  }
}

type Comparable = Exclude<Value, null>;

const comparisons: { readonly [operator: string]: (a: Comparable, b: Comparable) => boolean } = {
  '=': (a, b) => a === b,
  '<>': (a, b) => a !== b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
};

function either(a: Value, b: Value): Value {
  if (b === true) return true;
  return a === null || b === null ? null : false;
}

function both(a: Value, b: Value): Value {
  if (b === false) return false;
  return a === null || b === null ? null : true;
}

/** A column of the innermost row that has it, or of the row of a certain table. */
function columnOf(name: string, table?: string): Expression {
  return (innermost) => {
    for (let scope: Scope | undefined = innermost; scope; scope = scope.outer) {
      if (table !== undefined && !scope.tables.includes(table)) continue;
      const value = scope.row[name];
      if (value !== undefined) return value;
    }
    throw new UnknownSqlError(`There is no column ${name}.`);
  };
}

function computed(
  left: Expression,
  right: Expression,
  compute: (a: number, b: number) => number,
): Expression {
  return (scope) => {
    const [a, b] = [left(scope), right(scope)];
    if (a === null || b === null) return null;
    if (typeof a === 'number' && typeof b === 'number') return compute(a, b);
    throw new UnknownSqlError('Only numbers are computed with.');
  };
}

function times(value: Expression, factor: number): Expression {
  return computed(
    value,
    () => factor,
    (a, b) => a * b,
  );
}

function rounded(value: Expression): Expression {
  return computed(value, () => 0, Math.round);
}
