/** Lets at most so many pass at a time; the others wait in the order they came. */
export class Turnstile {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** Never begins before the caller goes on. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    await this.#place();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // Whoever leaves hands its place over.
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  async #place(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
