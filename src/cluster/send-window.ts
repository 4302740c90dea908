/** Bytes that may be on their way to a server that has not said that it read them. */
const unreadBytesMax = 16 * 1024 * 1024;
/** After so many bytes the server is asked whether it has read them. */
const askBytes = 1024 * 1024;

/**
 * How much may be sent to a server that has stopped reading without closing its socket. Until its
 * silence is noticed everything sent lies in our memory, and this is the bound of it.
 */
export class SendWindow {
  readonly #flush: () => Promise<void>;
  #sent = 0;
  #asked = 0;
  #read = 0;

  /** `flush` resolves when the server has read everything that was sent before. */
  constructor(flush: () => Promise<void>) {
    this.#flush = flush;
  }

  /** Whether a message of this length may be sent now; if so it counts as sent. */
  take(bytes: number): boolean {
    if (this.#sent - this.#read > unreadBytesMax) return false;
    this.#sent += bytes;
    if (this.#sent - this.#asked > askBytes) void this.#ask();
    return true;
  }

  async #ask(): Promise<void> {
    const sent = this.#sent;
    this.#asked = sent;
    try {
      await this.#flush();
      this.#read = Math.max(this.#read, sent);
    } catch {
      // The connection is gone, and this window with it.
    }
  }
}
