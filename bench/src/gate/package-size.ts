import { randomBytes, randomInt } from 'node:crypto';
import {
  Bitmap,
  deltaBetween,
  type OfflinePackage,
  Revocations,
  sealDelta,
  sealPackage,
} from '@ingressou/protocol/admission';
import { newKeyPair, signerOf } from '../../../src/workers/tickets/node-ed25519.ts';

export interface PackageSizes {
  readonly wholeBytes: number;
  /** After a thousand more came in. */
  readonly deltaBytes: number;
  readonly sealMs: number;
}

/** A package for so many tickets, half of them used and 5 % revoked, at random. */
export function packageSizes(tickets: number): PackageSizes {
  const { publicKey, privateKey } = newKeyPair();
  const sign = signerOf(privateKey);
  const before = packageOf(tickets, publicKey, share(tickets, 0.5));
  const used = Bitmap.ofBytes(before.used.bytes());
  for (let more = 0; more < 1_000; more += 1) used.add(1 + randomInt(tickets));
  const after = { ...before, used, position: before.position + 1_000 };
  const begun = performance.now();
  const whole = sealPackage(before, 1, sign);
  const sealMs = performance.now() - begun;
  const delta = deltaBetween(before, after);
  const deltaBytes = delta === undefined ? 0 : sealDelta(delta, 1, sign).length;
  return { wholeBytes: whole.length, deltaBytes, sealMs };
}

function packageOf(tickets: number, publicKey: Uint8Array, used: Bitmap): OfflinePackage {
  const revocations = new Revocations();
  for (const serial of share(tickets, 0.05).numbers()) revocations.revoke(serial);
  const from = 1_800_000_000_000;
  return {
    event: randomBytes(4).readUInt32BE(),
    checkpoint: 0,
    generation: 1,
    position: 500_000,
    madeAt: from,
    validUntil: from + 14_400_000,
    day: 0,
    issued: tickets + 1,
    occupancy: used.size,
    rules: {
      checkpoint: 0,
      isDaily: false,
      mayReenter: false,
      needsProof: true,
      days: [{ from, until: from + 43_200_000 }],
      sectors: [{ gates: 0b11, strictGates: 0b01, days: 1 }],
      lotSectors: [0, 0, 0],
    },
    keys: [{ keyId: 1, publicKey, isRevoked: false }],
    revocations,
    used,
    outside: new Bitmap(),
  };
}

function share(tickets: number, of: number): Bitmap {
  const serials = new Bitmap(tickets + 1);
  for (let serial = 1; serial <= tickets; serial += 1) {
    if (randomInt(1_000_000) < of * 1_000_000) serials.add(serial);
  }
  return serials;
}
