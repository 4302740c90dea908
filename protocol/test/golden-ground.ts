import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { EventId } from '../src/ids.ts';
import { eventNumber, priceKinds, type Sign, type Ticket } from '../src/ticket.ts';
import { sha512 } from './crafted-keys.ts';

// What the golden vectors stand on: keys and tickets that are the same each time they are made.

export interface GoldenKey {
  readonly keyId: number;
  /** In hexadecimal. */
  readonly publicKey: string;
  readonly isRevoked: boolean;
}

export const event = '019c2e0a-7b11-7cc3-9f26-58d1a2b3c4d5' as EventId;

/** Those that signed the vectors; `stranger` and the holders are no keys of the show. */
export const golden = {
  first: keyOf('first'),
  second: keyOf('second'),
  revoked: keyOf('revoked'),
  stranger: keyOf('stranger'),
  holder: keyOf('holder'),
  thief: keyOf('thief'),
} as const;

export const goldenKeys: readonly GoldenKey[] = [
  { keyId: 1, publicKey: golden.first.publicKey, isRevoked: false },
  { keyId: 2, publicKey: golden.second.publicKey, isRevoked: false },
  { keyId: 3, publicKey: golden.revoked.publicKey, isRevoked: true },
];

export function ticketNumber(at: number): Ticket {
  const [a = 0, b = 0, c = 0, d = 0] = wordsOf(`ticket ${at}`);
  const isExtreme = at % 50 === 49;
  return {
    keyId: 1 + (at % 2),
    event: eventNumber(event),
    serial: isExtreme ? 0xffffffff : at,
    revision: isExtreme ? 0xffff : a % 3,
    lot: isExtreme ? 0xffff : b % 500,
    price: priceKinds[at % priceKinds.length]!,
    isNominal: (c & 1) !== 0,
    isMinor: (c & 2) !== 0,
    isRotating: (c & 4) !== 0,
    isPrintable: (c & 8) !== 0,
    notBefore: isExtreme
      ? 0xffffffff * 1000
      : at % 5 === 0
        ? 0
        : (1_700_000_000 + (d >>> 8)) * 1000,
    validHours: isExtreme ? 0xffff : at % 3 === 0 ? 0 : d % 1000,
    salt: isExtreme ? 0 : a,
  };
}

export function signerFor(keyId: number): Sign {
  return (keyId === 1 ? golden.first : golden.second).sign;
}

export interface SeededKey {
  readonly publicKey: string;
  readonly sign: Sign;
}

function keyOf(name: string): SeededKey {
  const seed = sha512(text(`ingressou golden key ${name}`)).subarray(0, 32);
  const head = Buffer.from('302e020100300506032b657004220420', 'hex');
  const key = createPrivateKey({ key: Buffer.concat([head, seed]), format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  const publicKey = Buffer.from(x, 'base64url').toString('hex');
  return { publicKey, sign: (message) => new Uint8Array(sign(null, message, key)) };
}

export function flipped(bytes: Uint8Array, place: number, bit: number): Uint8Array {
  return bytes.map((byte, at) => (at === place ? byte ^ (1 << bit) : byte));
}

export function wordsOf(seed: string): Uint32Array {
  return new Uint32Array(Uint8Array.from(sha512(text(seed))).buffer);
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

export function text(of: string): Uint8Array {
  return new TextEncoder().encode(of);
}
