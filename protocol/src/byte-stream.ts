/** Writes whole numbers, the largest end first, and bytes. */
export class ByteWriter {
  readonly #parts: Uint8Array[] = [];

  /** In so many bytes, at most six. */
  number(value: number, bytes: number): void {
    const part = new Uint8Array(bytes);
    let left = value;
    for (let at = bytes - 1; at >= 0; at -= 1) {
      part[at] = left % 256;
      left = Math.floor(left / 256);
    }
    if (left !== 0) throw new RangeError(`${value} does not fit ${bytes} bytes.`);
    this.#parts.push(part);
  }

  bytes(part: Uint8Array): void {
    this.#parts.push(part);
  }

  whole(): Uint8Array {
    const whole = new Uint8Array(this.#parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }
}

/** The bytes are not what was to be read. */
export class BytesError extends Error {
  override readonly name = 'BytesError';
}

/** Reads what a `ByteWriter` wrote. */
export class ByteReader {
  #rest: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#rest = bytes;
  }

  /** What has not been read. */
  get rest(): Uint8Array {
    return this.#rest;
  }

  /** @throws {BytesError} there are not so many */
  bytes(length: number): Uint8Array {
    if (length > this.#rest.length) throw new BytesError('the bytes end too early');
    const part = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return part;
  }

  number(bytes: number): number {
    let value = 0;
    for (const byte of this.bytes(bytes)) value = value * 256 + byte;
    return value;
  }

  /** @throws {BytesError} it is more */
  numberUpTo(max: number, bytes: number): number {
    const value = this.number(bytes);
    if (value > max) throw new BytesError('a number is too large');
    return value;
  }

  /** @throws {BytesError} there is more */
  end(): void {
    if (this.#rest.length > 0) throw new BytesError('there are bytes behind the end');
  }
}
