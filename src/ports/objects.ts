/** Files that are made once and read often: tickets as PDF, exports, banners. */
export interface Objects {
  /**
   * Keeps bytes under a key, in place of what was there. A key is one or more names of `a-z0-9_.-`,
   * each beginning with a letter or a digit, joined by `/`; 200 characters at most.
   *
   * @throws {ObjectsUnavailableError}
   */
  put(key: string, bytes: Uint8Array, type: string): Promise<void>;

  /**
   * Keeps what a stream brings, however much, in bounded memory; nothing of it is there before all
   * of it is.
   *
   * @throws {ObjectsUnavailableError} or what the stream threw
   */
  putStream(key: string, chunks: AsyncIterable<Uint8Array>, type: string): Promise<void>;

  /**
   * A small object as a whole.
   *
   * @throws {ObjectsUnavailableError}, {ObjectTooLargeError} beyond `objectBytesMax`
   */
  get(key: string): Promise<StoredObject | undefined>;

  /**
   * An object of any size, a piece at a time. Whoever asks for one reads it or returns it early;
   * the pieces throw what `get` throws.
   *
   * @throws {ObjectsUnavailableError}
   */
  getStream(key: string): Promise<StoredStream | undefined>;

  /** @throws {ObjectsUnavailableError} */
  delete(key: string): Promise<void>;

  /**
   * Keys under a name, at most `max` and `listMax` of them, in any order: under `a/b` is `a/b/c`,
   * and neither `a/b` nor `a/bc`.
   *
   * @throws {ObjectsUnavailableError}
   */
  list(under: string, max: number): Promise<readonly string[]>;
}

export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly type: string;
}

export interface StoredStream {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly type: string;
  /** In bytes. */
  readonly size: number;
}

/** What one `list` gives at most. */
export const listMax = 1_000;

/** What `get` holds in memory at most. */
export const objectBytesMax = 32 * 1024 * 1024;

/** The store does not answer, or says that it cannot. Asking again is safe. */
export class ObjectsUnavailableError extends Error {
  override readonly name = 'ObjectsUnavailableError';
}

/** It is there, and too large to be held in memory: read it as a stream. */
export class ObjectTooLargeError extends Error {
  override readonly name = 'ObjectTooLargeError';
  constructor(size: number) {
    super(`An object of ${size} bytes is read as a stream, not as a whole.`);
  }
}

/** We named an object in a way that no store accepts: a fault of ours, nothing was done. */
export class ObjectKeyError extends Error {
  override readonly name = 'ObjectKeyError';
  constructor() {
    super('An object key is names of a-z, 0-9, _, . and -, joined by /.');
  }
}
