import type { Timer } from '../../src/ports/clock.ts';
import {
  type Columns,
  ConnectionLostError,
  type Database,
  DatabaseUnavailableError,
  type Statement,
  type Value,
} from '../../src/store/database.ts';
import { noTransaction, type Result } from './database-server.ts';
import type { Host, Way } from './host.ts';
import type { World } from './world.ts';

export interface SimulatedDatabaseOptions {
  readonly world: World;
  readonly host: Host;
  /** Who speaks, for the timeline. */
  readonly name: string;
  readonly kind: LineKind;
}

/** Everything but heartbeats and appends goes over many connections at once. */
export type LineKind = 'general' | 'journal' | 'lease';

/**
 * As `src/store/pg.ts` has them: how long a statement waits for a connection, new or busy, and
 * after how long without a reply the connection is thrown away. The server is not told.
 */
const connectsMs = { general: 2_000, journal: 2_000, lease: 400 } as const;
const repliesMs = { general: 5_000, journal: 2_000, lease: 400 } as const;
/** How late a statement may still arrive whose client has given it up: mostly just too late. */
const lateMs = [100, 500, 2_000, 6_000] as const;
/** When a broken connection is noticed, if it is noticed before the deadline. */
const breakMs = 50;

/**
 * What one process sees of the database through a network that loses requests before they are
 * applied, replies after they were, and delivers statements that nobody waits for any more.
 */
export class SimulatedDatabase implements Database {
  readonly #options: SimulatedDatabaseOptions;
  readonly #waiting: Job[] = [];
  #isBusy = false;
  #isConnected = false;

  constructor(options: SimulatedDatabaseOptions) {
    this.#options = options;
  }

  query(statement: Statement, values: readonly Value[] = []): Promise<Columns[]> {
    return new Promise((resolve, reject) => {
      const job: Job = { statement, values, resolve, reject, isOver: false, deadline: undefined };
      this.#waiting.push(job);
      this.#next();
      if (job.deadline !== undefined || job.isOver) return;
      const { host, kind } = this.#options;
      job.deadline = host.after(connectsMs[kind], () => this.#giveUpWaiting(job));
    });
  }

  readonly transaction = noTransaction;

  #next(): void {
    if (this.#options.kind !== 'general' && this.#isBusy) return;
    const job = this.#waiting.shift();
    if (job === undefined) return;
    this.#isBusy = true;
    if (this.#isConnected) this.#send(job);
    else this.#connect(job);
  }

  #connect(job: Job): void {
    const { world, host } = this.#options;
    const { server, scheduler, knobs } = world;
    scheduler.after(1 + world.delay(knobs.statementMs), () => {
      host.enter(() => {
        if (job.isOver) return;
        const isCut = this.#isCut('out') || this.#isCut('in');
        this.#isConnected = server.isUp && !isCut;
        if (this.#isConnected) this.#send(job);
        // Refused at once, or without any answer until the deadline.
        else if (!isCut && world.strikes(0.5))
          this.#end(job, () => job.reject(new DatabaseUnavailableError()));
      });
    });
  }

  #giveUpWaiting(job: Job): void {
    const index = this.#waiting.indexOf(job);
    if (index >= 0) this.#waiting.splice(index, 1);
    this.#end(job, () => job.reject(new DatabaseUnavailableError()));
  }

  #send(job: Job): void {
    const { world, host, name, kind } = this.#options;
    job.deadline?.cancel();
    job.deadline = host.after(repliesMs[kind], () => this.#lose(job));
    host.emit(() => {
      const { knobs, server } = world;
      if (this.#isCut('out')) return this.#wait(job, 'request cut off');
      const lostChance = kind === 'lease' ? knobs.heartbeatLostChance : 0;
      const isLost = world.strikes(Math.max(knobs.requestLostChance, lostChance));
      if (isLost) return this.#break(job, 'request lost');
      const isLate = world.strikes(knobs.lateChance);
      if (isLate) this.#break(job, 'request late');
      const delayMs = isLate
        ? world.between(0, world.pick(lateMs))
        : world.delay(knobs.statementMs);
      server.arrive(delayMs, name, job.statement, job.values, (result) => {
        if (!isLate) this.#reply(job, result);
      });
    });
  }

  #reply(job: Job, result: Result): void {
    const { world, host, kind } = this.#options;
    const { knobs, scheduler } = world;
    const slowMs = kind === 'lease' && world.isRough ? world.between(0, knobs.heartbeatMs) : 0;
    if (result.kind === 'gone') return this.#break(job, 'server gone');
    if (this.#isCut('in')) return this.#wait(job, 'reply cut off');
    if (world.strikes(knobs.replyLostChance)) return this.#break(job, 'reply lost');
    scheduler.after(slowMs + world.delay(knobs.statementMs), () => {
      host.enter(() => {
        if (result.kind === 'rows') this.#end(job, () => job.resolve(result.rows));
        else this.#end(job, () => job.reject(result.error));
      });
    });
  }

  /**
   * The reply will not come. The client notices soon, or by its own deadline, or when the network
   * works again and resets what it does not know.
   */
  #break(job: Job, why: string): void {
    const { world, host } = this.#options;
    this.#note(job, why);
    const notice = (): void => {
      world.scheduler.after(world.delay(breakMs), () => host.enter(() => this.#lose(job)));
    };
    if (world.strikes(0.4)) world.atCalm(notice);
    else notice();
  }

  /** Nobody is told that a line is cut: the deadline ends the wait, or the line that is joined. */
  #wait(job: Job, why: string): void {
    const { world, host } = this.#options;
    this.#note(job, why);
    host.atJoin('database', () => {
      world.scheduler.after(world.delay(breakMs), () => host.enter(() => this.#lose(job)));
    });
  }

  #note({ statement }: Job, why: string): void {
    this.#options.world.trace.note(this.#options.name, `${statement.name}: ${why}`);
  }

  #isCut(way: Way): boolean {
    return this.#options.host.isCut('database', way);
  }

  #lose(job: Job): void {
    if (job.isOver) return;
    this.#isConnected = false;
    this.#end(job, () => job.reject(new ConnectionLostError(job.statement)));
  }

  #end(job: Job, tell: () => void): void {
    if (job.isOver) return;
    job.isOver = true;
    job.deadline?.cancel();
    this.#isBusy = false;
    tell();
    this.#next();
  }
}

interface Job {
  readonly statement: Statement;
  readonly values: readonly Value[];
  readonly resolve: (rows: Columns[]) => void;
  readonly reject: (error: Error) => void;
  isOver: boolean;
  deadline: Timer | undefined;
}
