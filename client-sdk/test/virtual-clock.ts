import type { Clock, Timer } from '../src/clock.ts';

/** Time that passes only when told to. */
export class VirtualClock implements Clock {
  readonly #startedAt: number;
  readonly #timers = new Set<{ readonly at: number; readonly task: () => void }>();
  #elapsed = 0;

  constructor(startedAt = Date.UTC(2026, 5, 1)) {
    this.#startedAt = startedAt;
  }

  now(): number {
    return this.#startedAt + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(delayMs: number, task: () => void): Timer {
    const timer = { at: this.#elapsed + delayMs, task };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  /** Lets time pass, and what is awaited meanwhile happen. */
  async advance(ms: number): Promise<void> {
    const until = this.#elapsed + ms;
    for (;;) {
      await settled();
      const [next] = [...this.#timers].sort((a, b) => a.at - b.at);
      if (next === undefined || next.at > until) break;
      this.#timers.delete(next);
      this.#elapsed = Math.max(this.#elapsed, next.at);
      next.task();
    }
    this.#elapsed = until;
  }
}

/** Everything that was only waiting for promises has happened. */
export async function settled(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
