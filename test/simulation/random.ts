/**
 * The dice of a simulation: the generator sfc32 of Chris Doty-Humphrey's PractRand (public
 * domain), 96 bits of state and a counter. Same seed and name, same numbers, on every machine.
 * Whoever needs dice gets its own by name, so that one more throw here changes nothing there.
 */
export class Random {
  readonly #seed: number;
  readonly #name: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, name = 'simulation') {
    this.#seed = seed;
    this.#name = name;
    this.#a = Math.trunc(seed / 2 ** 32) | 0;
    this.#b = seed | 0;
    this.#c = hashOf(name);
    for (let round = 0; round < warmUpRounds; round += 1) this.#next();
  }

  /** Other dice, which depend on this one's seed and names alone and not on its throws. */
  fork(name: string): Random {
    return new Random(this.#seed, `${this.#name}/${name}`);
  }

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.fraction() * (max - min + 1));
  }

  /** At least 0 and less than 1. */
  fraction(): number {
    return this.#next() / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(list: readonly T[]): T {
    const chosen = list[this.between(0, list.length - 1)];
    if (chosen === undefined) throw new RangeError('There is nothing to pick from.');
    return chosen;
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.#next() & 0xff);
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}

/** Until seeds that differ in one bit have nothing in common; PractRand's own number is 12. */
const warmUpRounds = 15;

/** FNV-1a, 32 bits: spreads names over the state, no more. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash | 0;
}
