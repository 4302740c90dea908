import type { Timer } from '../../src/ports/clock.ts';
import type { Random } from './random.ts';

/** Moments of one run at most: a run that needs more goes in circles. */
const momentsMax = 200_000;

/** The simulated world does not come to rest. */
export class RunawayError extends Error {
  override readonly name = 'RunawayError';
  constructor() {
    super(`The run did not end within ${momentsMax} moments.`);
  }
}

/**
 * Virtual time, in whole milliseconds from the start of the run. What is due at the same
 * millisecond happens in an order that the dice choose: a seed explores one interleaving.
 */
export class Scheduler {
  readonly #random: Random;
  readonly #heap: Moment[] = [];
  #now = 0;
  #arrivals = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  get now(): number {
    return this.#now;
  }

  after(delayMs: number, task: () => void): Timer {
    return this.at(this.#now + Math.max(0, Math.round(delayMs)), task);
  }

  at(time: number, task: () => void): Timer {
    const chance = this.#random.fraction();
    const moment: Moment = { time, chance, order: this.#arrivals, task };
    this.#arrivals += 1;
    this.#push(moment);
    return {
      cancel: () => {
        moment.task = undefined;
      },
    };
  }

  /**
   * Lives through every moment up to and with `until`. After each one, all promises that it
   * settled have had their say before the next begins: a tick queued from a microtask comes only
   * when no microtask is left, however many the earlier ones add. That costs 0.25 µs; waiting for
   * a `setImmediate` instead is as exact and costs 0.7 µs.
   */
  async run(until: number): Promise<void> {
    // From here on this function runs inside microtasks.
    await Promise.resolve();
    for (let moments = 0; moments < momentsMax; moments += 1) {
      const moment = this.#popUntil(until);
      if (moment === undefined) {
        this.#now = until;
        return;
      }
      this.#now = moment.time;
      if (moment.task === undefined) continue;
      moment.task();
      await new Promise<void>((resolve) => process.nextTick(resolve));
    }
    throw new RunawayError();
  }

  #push(moment: Moment): void {
    const heap = this.#heap;
    let index = heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(moment, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = moment;
  }

  #popUntil(until: number): Moment | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined || first.time > until) return undefined;
    const last = heap.pop()!;
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(moment: Moment): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const isRight = right < heap.length && isBefore(heap[right]!, heap[left]!);
      const child = isRight ? right : left;
      if (!isBefore(heap[child]!, moment)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = moment;
  }
}

interface Moment {
  readonly time: number;
  readonly chance: number;
  readonly order: number;
  /** Undefined once cancelled. */
  task: (() => void) | undefined;
}

function isBefore(a: Moment, b: Moment): boolean {
  if (a.time !== b.time) return a.time < b.time;
  return a.chance === b.chance ? a.order < b.order : a.chance < b.chance;
}
