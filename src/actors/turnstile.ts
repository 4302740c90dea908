interface Waiting {
  readonly begin: () => void;
  readonly urgency: () => number;
}

/** Lets at most so many pass at a time; of the others the most urgent goes next, then who came first. */
export class Turnstile {
  #free: number;
  readonly #waiting: Waiting[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** Never begins before the caller goes on. `urgency` is asked anew whenever a place is free. */
  async pass<T>(work: () => Promise<T>, urgency: () => number): Promise<T> {
    await this.#place(urgency);
    try {
      return await work();
    } finally {
      const next = this.#takeNext();
      // Whoever leaves hands its place over.
      if (next === undefined) this.#free += 1;
      else next.begin();
    }
  }

  async #place(urgency: () => number): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((begin) => this.#waiting.push({ begin, urgency }));
  }

  #takeNext(): Waiting | undefined {
    let next = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (const [at, { urgency }] of this.#waiting.entries()) {
      const how = urgency();
      if (how > most) [next, most] = [at, how];
    }
    return this.#waiting.splice(next, 1)[0];
  }
}
