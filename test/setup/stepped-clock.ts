import type { Clock, Timer } from '../../src/ports/clock.ts';

interface Task {
  readonly at: number;
  readonly run: () => void;
}

/** Time that moves only when a test says so. */
export class SteppedClock implements Clock {
  readonly #epoch: number;
  readonly #tasks = new Set<Task>();
  #soon: (() => void)[] = [];
  #elapsed = 0;

  constructor(now: number) {
    this.#epoch = now;
  }

  now(): number {
    return this.#epoch + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(delayMs: number, run: () => void): Timer {
    const task = { at: this.#elapsed + Math.max(0, delayMs), run };
    this.#tasks.add(task);
    return { cancel: () => void this.#tasks.delete(task) };
  }

  soon(task: () => void): void {
    this.#soon.push(task);
  }

  /** Lets everything happen that needs no time to pass. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet += 1) {
      await new Promise(setImmediate);
      const tasks = this.#soon;
      this.#soon = [];
      if (tasks.length > 0) quiet = 0;
      for (const run of tasks) run();
    }
  }

  /** Lets time pass, one timer after the other. */
  async advance(ms: number): Promise<void> {
    const until = this.#elapsed + ms;
    await this.settle();
    for (;;) {
      const next = this.#next(until);
      if (next === undefined) break;
      this.#tasks.delete(next);
      this.#elapsed = Math.max(this.#elapsed, next.at);
      next.run();
      await this.settle();
    }
    this.#elapsed = until;
  }

  /** Moves time without running any timer, as a process that slept would see it. */
  jump(ms: number): void {
    this.#elapsed += ms;
  }

  /** Settles until the promise is fulfilled. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let isDone = false;
    const mark = (): void => {
      isDone = true;
    };
    promise.then(mark, mark);
    for (let round = 0; round < 1_000 && !isDone; round += 1) {
      await this.settle();
      if (!isDone) await this.advance(10);
    }
    return await promise;
  }

  #next(until: number): Task | undefined {
    let found: Task | undefined;
    for (const task of this.#tasks) {
      if (task.at <= until && (found === undefined || task.at < found.at)) found = task;
    }
    return found;
  }
}
