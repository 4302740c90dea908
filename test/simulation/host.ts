import type { Clock, Timer } from '../../src/ports/clock.ts';
import type { Scheduler } from './scheduler.ts';

/** Where virtual time begins: any moment that a UUIDv7 can name will do. */
export const startOfTime = Date.UTC(2025, 2, 1, 12);

/** A time of the shows' own clocks, in seconds of the run. */
export function secondsOf(time: number): string {
  return `${((time - startOfTime) / 1000).toFixed(3)} s`;
}

/** What a machine is joined to, and the ways on such a line. */
export type Line = 'database' | 'bus';
export type Way = 'out' | 'in';

/**
 * The machine under one process: its clock, its lines, and the gate through which everything comes
 * in and goes out. Dead, nothing passes ever again: whatever its promises wait for does not come.
 * Frozen, what comes in waits for the thaw.
 */
export class Host implements Clock {
  readonly #scheduler: Scheduler;
  readonly #bornAt: number;
  readonly #atDeath: (() => void)[] = [];
  readonly #atCut: ((line: Line) => void)[] = [];
  readonly #cuts = new Map<Line, ReadonlySet<Way>>();
  #atJoin: { readonly line: Line; readonly task: () => void }[] = [];
  #status: 'running' | 'frozen' | 'dead' = 'running';
  #kept: (() => void)[] = [];
  #effectsLeft = Number.POSITIVE_INFINITY;
  /** How far this machine's clock is from true time. */
  clockErrorMs = 0;
  /** Seconds that this machine counts in one true second. */
  pace = 1;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
    this.#bornAt = scheduler.now;
  }

  get isDead(): boolean {
    return this.#status === 'dead';
  }

  /** Whether whoever looks finds nothing wrong. */
  get isWell(): boolean {
    return this.#status === 'running' && [...this.#cuts.values()].every((ways) => ways.size === 0);
  }

  /** Something from outside reaches the process. */
  enter(task: () => void): void {
    if (this.#status === 'running') task();
    else if (this.#status === 'frozen') this.#kept.push(task);
  }

  /** Something leaves the process. */
  emit(effect: () => void): void {
    if (this.isDead) return;
    if (this.#effectsLeft === 0) return this.die();
    this.#effectsLeft -= 1;
    effect();
  }

  die(): void {
    if (this.isDead) return;
    this.#status = 'dead';
    this.#kept = [];
    for (const task of this.#atDeath) task();
  }

  /** What its end brings about in the rest of the world. */
  atDeath(task: () => void): void {
    this.#atDeath.push(task);
  }

  /** Dies when the effect after so many more is about to leave: between two answers, say. */
  dieAfter(effects: number): void {
    this.#effectsLeft = effects;
  }

  freeze(): void {
    if (this.#status === 'running') this.#status = 'frozen';
  }

  thaw(): void {
    if (this.#status !== 'frozen') return;
    this.#status = 'running';
    const kept = this.#kept;
    this.#kept = [];
    for (const task of kept) this.#scheduler.after(0, () => this.enter(task));
  }

  /** From now on nothing passes these ways of a line; with none of them everything does again. */
  cut(line: Line, ways: readonly Way[]): void {
    this.#cuts.set(line, new Set(ways));
    for (const hear of this.#atCut) hear(line);
    if (ways.length > 0) return;
    const joined = this.#atJoin.filter((waiting) => waiting.line === line);
    this.#atJoin = this.#atJoin.filter((waiting) => waiting.line !== line);
    for (const { task } of joined) task();
  }

  /** What a line that works again brings to light. */
  atJoin(line: Line, task: () => void): void {
    this.#atJoin.push({ line, task });
  }

  isCut(line: Line, way: Way): boolean {
    return this.#cuts.get(line)?.has(way) ?? false;
  }

  /** Hears of every line that is cut or joined again. */
  atCut(hear: (line: Line) => void): void {
    this.#atCut.push(hear);
  }

  now(): number {
    return startOfTime + this.#scheduler.now + this.clockErrorMs;
  }

  monotonic(): number {
    return (this.#scheduler.now - this.#bornAt) * this.pace;
  }

  after(delayMs: number, task: () => void): Timer {
    let isSet = true;
    const ring = (): void => {
      if (isSet) task();
    };
    const trueMs = Math.ceil(Math.max(0, delayMs) / this.pace);
    const timer = this.#scheduler.after(trueMs, () => this.enter(ring));
    return {
      cancel: () => {
        isSet = false;
        timer.cancel();
      },
    };
  }

  soon(task: () => void): void {
    this.after(0, task);
  }
}
