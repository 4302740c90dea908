/** As many random bytes as asked for: the only source of chance in the simulator. */
export type RandomBytes = (count: number) => Uint8Array;

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** An id as the provider's are: what it names, and sixteen letters and digits. */
export function newId(kind: string, random: RandomBytes): string {
  return `${kind}_${lettersOf(16, random)}`;
}

export function lettersOf(count: number, random: RandomBytes): string {
  // 62 letters and 256 bytes: the first eight come a little more often, which harms nobody here.
  return [...random(count)].map((byte) => letters[byte % letters.length]).join('');
}

export function digitsOf(count: number, random: RandomBytes): string {
  return [...random(count)].map((byte) => byte % 10).join('');
}

/** From 0 to below 1. */
export function fractionOf(random: RandomBytes): number {
  return Buffer.from(random(4)).readUInt32BE() / 2 ** 32;
}
