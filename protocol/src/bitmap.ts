/** A set of small whole numbers, a bit for each: 100 000 of them are 12.5 kB. */
export class Bitmap {
  #bytes: Uint8Array;
  #size = 0;

  /** Grows by itself; `universe` only says for how many numbers there is room at first. */
  constructor(universe = 0) {
    this.#bytes = new Uint8Array(Math.ceil(universe / 8));
  }

  static of(numbers: Iterable<number>): Bitmap {
    const bitmap = new Bitmap();
    for (const number of numbers) bitmap.add(number);
    return bitmap;
  }

  /** What `bytes` gave. */
  static ofBytes(bytes: Uint8Array): Bitmap {
    const bitmap = new Bitmap();
    bitmap.#bytes = Uint8Array.from(bytes);
    for (const byte of bytes) bitmap.#size += bitsIn(byte);
    return bitmap;
  }

  /** How many numbers are in it. */
  get size(): number {
    return this.#size;
  }

  has(number: number): boolean {
    return ((this.#bytes[number >> 3] ?? 0) & (1 << (number & 7))) !== 0;
  }

  /** False when it was in already. */
  add(number: number): boolean {
    if (this.has(number)) return false;
    this.#reserve(number);
    this.#bytes[number >> 3]! |= 1 << (number & 7);
    this.#size += 1;
    return true;
  }

  /** False when it was not in. */
  delete(number: number): boolean {
    if (!this.has(number)) return false;
    this.#bytes[number >> 3]! &= ~(1 << (number & 7));
    this.#size -= 1;
    return true;
  }

  /** In ascending order. */
  *numbers(): Generator<number> {
    for (const [at, byte] of this.#bytes.entries()) {
      for (let left = byte; left !== 0; left &= left - 1) {
        yield at * 8 + 31 - Math.clz32(left & -left);
      }
    }
  }

  /** A copy of its bits, for a snapshot: number n is bit n mod 8, from the lowest, of byte n / 8. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#bytes.findLastIndex((byte) => byte !== 0) + 1);
  }

  #reserve(number: number): void {
    const needed = (number >> 3) + 1;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

function bitsIn(byte: number): number {
  let bits = 0;
  for (let left = byte; left !== 0; left &= left - 1) bits += 1;
  return bits;
}
