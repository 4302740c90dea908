import type { Clock, Timer } from '../../src/ports/clock.ts';
import type { Scheduler } from './scheduler.ts';

/** Where virtual time begins: any moment that a UUIDv7 can name will do. */
export const startOfTime = Date.UTC(2025, 2, 1, 12);

/** A time of the shows' own clocks, in seconds of the run. */
export function secondsOf(time: number): string {
  return `${((time - startOfTime) / 1000).toFixed(3)} s`;
}

/**
 * The machine under one process: its clock, and the gate through which everything comes in and
 * goes out. Dead, nothing passes ever again: whatever its promises wait for does not come. Frozen,
 * what comes in waits for the thaw.
 */
export class Host implements Clock {
  readonly #scheduler: Scheduler;
  readonly #onDeath: () => void;
  readonly #bornAt: number;
  #status: 'running' | 'frozen' | 'dead' = 'running';
  #kept: (() => void)[] = [];
  #effectsLeft = Number.POSITIVE_INFINITY;
  /** How far this machine's clock is from true time. */
  clockErrorMs = 0;

  constructor(scheduler: Scheduler, onDeath: () => void) {
    this.#scheduler = scheduler;
    this.#onDeath = onDeath;
    this.#bornAt = scheduler.now;
  }

  get isDead(): boolean {
    return this.#status === 'dead';
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
    this.#onDeath();
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

  now(): number {
    return startOfTime + this.#scheduler.now + this.clockErrorMs;
  }

  monotonic(): number {
    return this.#scheduler.now - this.#bornAt;
  }

  after(delayMs: number, task: () => void): Timer {
    let isSet = true;
    const ring = (): void => {
      if (isSet) task();
    };
    const timer = this.#scheduler.after(delayMs, () => this.enter(ring));
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
