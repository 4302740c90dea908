/** Files that are made once and read often: tickets as PDF, exports, banners. */
export interface Objects {
  /**
   * Keeps bytes under a key, in place of what was there. Keys are paths of `a-z0-9-_./`.
   *
   * @throws {ObjectsUnavailableError}
   */
  put(key: string, bytes: Uint8Array, type: string): Promise<void>;

  /**
   * Keeps what a stream brings; nothing of it is there before all of it is.
   *
   * @throws {ObjectsUnavailableError} or what the stream threw
   */
  putStream(key: string, chunks: AsyncIterable<Uint8Array>, type: string): Promise<void>;

  /** @throws {ObjectsUnavailableError} */
  get(key: string): Promise<StoredObject | undefined>;

  /** @throws {ObjectsUnavailableError} */
  delete(key: string): Promise<void>;
}

export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly type: string;
}

/** The store does not answer. Asking again is safe. */
export class ObjectsUnavailableError extends Error {
  override readonly name = 'ObjectsUnavailableError';
}
