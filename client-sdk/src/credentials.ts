/** An access token, or who gives a fresh one. A function is asked again when a token was refused. */
export type Token = string | (() => Promise<string>);

/** So many refusals in a row mean that new tokens will not help. */
const refusalsMax = 3;

/** Which token goes into the next `hello`. */
export class Credentials {
  readonly #token: Token | undefined;
  #current: string | undefined;
  #refusals = 0;

  constructor(token: Token | undefined) {
    this.#token = token;
    if (typeof token === 'string') this.#current = token;
  }

  /** Undefined for a connection that only watches. Rejects when the function does. */
  async current(): Promise<string | undefined> {
    if (this.#current === undefined && typeof this.#token === 'function') {
      this.#current = await this.#token();
    }
    return this.#current;
  }

  /** The server closed for want of a valid token. False when trying again is pointless. */
  refused(): boolean {
    this.#refusals += 1;
    if (typeof this.#token === 'function') this.#current = undefined;
    return this.#refusals < refusalsMax;
  }

  /** A request was refused with this token. False when there is no other to be had. */
  forget(token: string): boolean {
    if (typeof this.#token !== 'function') return false;
    if (this.#current === token) this.#current = undefined;
    return true;
  }

  welcomed(): void {
    this.#refusals = 0;
  }
}
