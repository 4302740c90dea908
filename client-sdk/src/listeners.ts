/** Functions to be told of something. One that throws disturbs neither the others nor the teller. */
export class Listeners<Arguments extends readonly unknown[]> {
  readonly #listeners = new Set<{ readonly tell: (...args: Arguments) => void }>();

  get size(): number {
    return this.#listeners.size;
  }

  /** Returns what removes the listener; the same function added twice is told twice. */
  add(tell: (...args: Arguments) => void): () => void {
    const listener = { tell };
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  tell(...args: Arguments): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener.tell(...args);
      } catch (error) {
        // The caller's bug surfaces as an uncaught error of its own, and our state stays whole.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
