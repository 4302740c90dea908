import type { EventId } from '@ingressou/protocol';
import {
  type Columns,
  type Database,
  type Statement,
  StatementError,
  type Value,
} from '../../src/store/database.ts';
import { secondsOf, startOfTime } from './host.ts';
import { SimulatedPostgres } from './postgres.ts';
import type { World } from './world.ts';

/** What became of a statement at the server; `gone` when the server was not there for it. */
export type Result =
  | { readonly kind: 'rows'; readonly rows: Columns[] }
  | { readonly kind: 'error'; readonly error: StatementError }
  | { readonly kind: 'gone' };

/**
 * The machine of the database. It may be away for a while: whatever it had not applied by then is
 * lost, whatever it had is on its disk. Its clock may step.
 */
export class DatabaseServer {
  readonly postgres: SimulatedPostgres;
  readonly #world: World;
  /** Since when its clock has been ahead of true time by how much; the last one is now. */
  readonly #steps = [{ since: Number.NEGATIVE_INFINITY, aheadMs: 0 }];
  #starts = 1;
  #isUp = true;

  constructor(world: World) {
    this.#world = world;
    const { history, scheduler } = world;
    this.postgres = new SimulatedPostgres({
      now: () => this.clockAt(scheduler.now),
      onRow: (row) => {
        const [event, position] = [row.event_id as EventId, Number(row.position)];
        history.durables.push({ event, position, order: history.tick(), time: scheduler.now });
      },
    });
  }

  /** What its clock shows at a time of the run. */
  clockAt(time: number): number {
    return startOfTime + time + this.#stepsSince(time)[0]!.aheadMs;
  }

  /**
   * The least and the most that somebody may take for the time between two times of the run who
   * goes by what the clock was then.
   */
  clockBetween(from: number, to: number): { readonly earliest: number; readonly latest: number } {
    const steps = this.#stepsSince(from).filter(({ since }) => since <= to);
    const ahead = steps.map(({ aheadMs }) => aheadMs);
    return {
      earliest: startOfTime + from + Math.min(...ahead),
      latest: startOfTime + to + Math.max(...ahead),
    };
  }

  stepClock(byMs: number): void {
    const aheadMs = (this.#steps.at(-1)?.aheadMs ?? 0) + byMs;
    this.#steps.push({ since: this.#world.scheduler.now, aheadMs });
    this.#world.trace.note('database', `its clock steps by ${byMs} ms`);
  }

  /** Whether its clock stepped between two times of the run. */
  hasStepped(from: number, to: number): boolean {
    return this.#steps.some(({ since }) => since >= from && since <= to);
  }

  #stepsSince(time: number) {
    return this.#steps.slice(this.#steps.findLastIndex(({ since }) => since <= time));
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** A line to it that never fails and takes no time, for the auditor. */
  directly(): Database {
    return {
      query: async (statement, values) => this.postgres.execute(statement, values),
      transaction: noTransaction,
    };
  }

  stop(): void {
    this.#isUp = false;
    this.#world.trace.note('database', 'stops');
  }

  start(): void {
    if (this.#isUp) return;
    this.#isUp = true;
    this.#starts += 1;
    this.#world.trace.note('database', 'starts');
  }

  /** A statement is on its way; `onResult` hears in the instant of its end, at the server. */
  arrive(
    delayMs: number,
    from: string,
    statement: Statement,
    values: readonly Value[],
    onResult: (result: Result) => void,
  ): void {
    const starts = this.#starts;
    this.#world.scheduler.after(delayMs, () => {
      if (!this.#isUp || starts !== this.#starts) return onResult({ kind: 'gone' });
      onResult(this.#apply(from, statement, values));
    });
  }

  #apply(from: string, statement: Statement, values: readonly Value[]): Result {
    const told = `${from}: ${this.#described(statement, values)}`;
    try {
      const isJournal = statement.name.startsWith('journal');
      const isWriting = isJournal && statement.text.includes('update');
      if (isWriting && this.#world.strikes(this.#world.knobs.refusedChance)) {
        throw lockTimeout(statement);
      }
      const rows = this.postgres.execute(statement, values);
      const isRoutine = routine.has(statement.name);
      if (!isRoutine) this.#world.trace.note('database', `${told} → ${rows.length} rows`);
      return { kind: 'rows', rows };
    } catch (error) {
      // A refusal is an answer like any other; everything else is a mistake of the model.
      if (!(error instanceof StatementError)) throw error;
      this.#world.trace.note('database', `${told} → error ${error.code}`);
      return { kind: 'error', error };
    }
  }

  #described({ name }: Statement, values: readonly Value[]): string {
    const [event, ...others] = values.map((value) => {
      if (typeof value === 'string') return this.#world.trace.nameOf(value);
      return typeof value === 'number' && value > startOfTime / 2 ? secondsOf(value) : value;
    });
    const numbers = others.filter((value) => !(value instanceof Uint8Array)).slice(0, 4);
    return [name, event, ...numbers].join(' ');
  }
}

/** What goes on all the time, and tells nothing. */
const routine = new Set(['lease_renew', 'lease_others', 'lease_pins', 'journal_due']);

/** The journal does without, so the model has none. */
export async function noTransaction(): Promise<never> {
  throw new Error('The model of the database has no transactions.');
}

function lockTimeout(statement: Statement): StatementError {
  const cause = new Error('canceling statement due to lock timeout');
  return new StatementError(statement, '55P03', { cause });
}
