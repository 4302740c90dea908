import { Bitmap } from '../src/bitmap.ts';
import type { OfflinePackage } from '../src/offline-package.ts';
import { Revocations } from '../src/revocations.ts';
import { noon, rulesOf } from './scans.ts';

/** What share of the tickets a package is about did what. */
export interface Shares {
  readonly used: number;
  readonly revoked: number;
  /** Of those used. */
  readonly outside: number;
}

/** A package of so many tickets, spread evenly at random and the same each time. */
export function packageOf(
  issued: number,
  shares: Shares,
  changes: Partial<OfflinePackage> = {},
): OfflinePackage {
  const numbers = Array.from({ length: issued }, (_, serial) => serial);
  const chosen = (salt: number, share: number) =>
    numbers.filter((serial) => fractionOf(serial * 8 + salt) < share);
  const revocations = new Revocations();
  for (const serial of chosen(0, shares.revoked)) {
    if (serial % 20 === 0) revocations.reissue(serial, 1 + (serial % 3));
    else revocations.revoke(serial);
  }
  const used = Bitmap.of(chosen(1, shares.used));
  const left = new Set(chosen(2, shares.outside));
  const outside = Bitmap.of([...used.numbers()].filter((serial) => left.has(serial)));
  return {
    event: 0x89abcdef,
    checkpoint: 1,
    generation: 1,
    position: 500,
    madeAt: noon,
    validUntil: noon + 3_600_000,
    day: 0,
    issued,
    occupancy: used.size - outside.size,
    rules: rulesOf(),
    keys: [1, 2].map((keyId) => ({
      keyId,
      publicKey: new Uint8Array(32).fill(keyId),
      isRevoked: keyId === 1,
    })),
    revocations,
    used,
    outside,
    ...changes,
  };
}

function fractionOf(number: number): number {
  let hash = Math.imul(number + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
