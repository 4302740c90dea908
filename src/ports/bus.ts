/**
 * What joins the nodes: messages to whoever listens now. Nothing is stored, so a message may be
 * lost; it is never doubled, and those of one sender reach one listener in their order, whatever
 * their subjects. A sender does not hear itself.
 */
export interface Bus {
  /** Whether messages leave at present. */
  readonly isUp: boolean;

  /** Sends to every listener of a subject. Lost without a word when the bus is down. */
  publish(subject: string, bytes: Uint8Array): void;

  /**
   * Sends to a listener of a subject and resolves with its first response.
   *
   * @throws {NobodyListensError} nobody was there: it was not received
   * @throws {SilenceError} no response in `timeoutMs`: it was received or not
   * @throws {BusDownError} it was not sent
   */
  request(subject: string, bytes: Uint8Array, timeoutMs: number): Promise<Uint8Array>;

  /** Hears everything that is sent to a subject. The bytes are the listener's own. */
  listen(subject: string, listener: Listener): Listening;

  /** Hears when the bus comes or goes. What was sent in between is lost. */
  onChange(heard: (isUp: boolean) => void): void;

  close(): Promise<void>;
}

/** `respond` answers a request; for what was published it does nothing. */
export type Listener = (bytes: Uint8Array, respond: (bytes: Uint8Array) => void) => void;

export interface Listening {
  end(): void;
}

/** Bytes of one message at most; whoever has more sends several. */
export const busBytesMax = 512 * 1024;

export class NobodyListensError extends Error {
  override readonly name = 'NobodyListensError';
  constructor(subject: string) {
    super(`Nobody listens to ${subject}.`);
  }
}

export class SilenceError extends Error {
  override readonly name = 'SilenceError';
  constructor(subject: string, ms: number) {
    super(`No response from ${subject} in ${ms} ms.`);
  }
}

export class BusDownError extends Error {
  override readonly name = 'BusDownError';
  constructor(options?: ErrorOptions) {
    super('The bus is down.', options);
  }
}
