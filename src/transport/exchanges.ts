/** The requests that are not answered yet, of one server. */
export class Exchanges {
  readonly #open = new Set<object>();
  #onNone: (() => void) | undefined;

  add(exchange: object): void {
    this.#open.add(exchange);
  }

  delete(exchange: object): void {
    this.#open.delete(exchange);
    if (this.#open.size === 0) this.#onNone?.();
  }

  /** Resolves when there is none. */
  async none(): Promise<void> {
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onNone = resolve;
    });
  }
}
