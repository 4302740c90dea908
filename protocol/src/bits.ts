/** Writes bits, the highest of each byte first. */
export class BitWriter {
  readonly #bytes: number[] = [];
  #free = 0;

  bit(value: number): void {
    if (this.#free === 0) {
      this.#bytes.push(0);
      this.#free = 8;
    }
    this.#free -= 1;
    if (value !== 0) this.#bytes[this.#bytes.length - 1]! |= 1 << this.#free;
  }

  /** The lowest `count` bits. */
  bits(value: number, count: number): void {
    for (let at = count - 1; at >= 0; at -= 1) this.bit((value >>> at) & 1);
  }

  /** So many ones and a zero. */
  unary(count: number): void {
    for (let left = count; left > 0; left -= 1) this.bit(1);
    this.bit(0);
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** The bits ended before what they should have said, or say it in another way than we write it. */
export class BitsError extends Error {
  override readonly name = 'BitsError';
}

/** Reads what a `BitWriter` wrote. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @throws {BitsError} there are no more */
  bit(): number {
    const byte = this.#bytes[this.#at >> 3];
    if (byte === undefined) throw new BitsError('the bits end too early');
    const value = (byte >> (7 - (this.#at & 7))) & 1;
    this.#at += 1;
    return value;
  }

  bits(count: number): number {
    let value = 0;
    for (let left = count; left > 0; left -= 1) value = value * 2 + this.bit();
    return value;
  }

  /** @throws {BitsError} more than `max` */
  unary(max: number): number {
    let count = 0;
    while (this.bit() === 1) {
      count += 1;
      if (count > max) throw new BitsError('a number is too large');
    }
    return count;
  }

  /** How many bytes were begun. Only zeros may fill the last of them. */
  end(): number {
    while ((this.#at & 7) !== 0) {
      if (this.bit() !== 0) throw new BitsError('the last byte is not filled with zeros');
    }
    return this.#at >> 3;
  }
}
