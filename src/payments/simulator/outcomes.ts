import { BoundedMap } from './bounded-map.ts';
import type { SimAnswer } from './exchange.ts';
import type { Shelf } from './shelf.ts';

/** An answer under its idempotency key. */
export interface Outcome {
  readonly answer: SimAnswer;
  readonly at: number;
}

const keptMs = 24 * 3_600_000;
const keptMax = 50_000;

/** The first answer to each idempotency key, whatever it was, for a day. */
export class Outcomes {
  readonly #shelf: Shelf;
  readonly #outcomes = new BoundedMap<string, Outcome>(keptMax);

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  restore(key: string, outcome: Outcome): void {
    this.#outcomes.set(key, outcome);
  }

  find(key: string, now: number): SimAnswer | undefined {
    const outcome = this.#outcomes.get(key);
    return outcome !== undefined && outcome.at + keptMs > now ? outcome.answer : undefined;
  }

  keep(key: string, answer: SimAnswer, now: number): void {
    const outcome = { answer, at: now };
    this.#outcomes.set(key, outcome);
    this.#shelf.keep({ kind: 'outcome', id: key, value: outcome });
  }
}
