import { createHash } from 'node:crypto';
import { Point } from '@noble/ed25519';

/**
 * Signatures that only somebody can make who holds a private key and means ill, and points that
 * implementations of Ed25519 are known to disagree about ("Taming the many EdDSAs", 2020).
 */

export const groupOrder = Point.CURVE().n;

/** The eight points whose order divides 8, as RFC 8032 writes them. */
export const smallPoints: readonly Uint8Array[] = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
].map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));

/** What RFC 8032 forbids: y at or above 2²⁵⁵ − 19, and a sign on an x that is zero. */
export const oddPoints: readonly Uint8Array[] = [
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  '0100000000000000000000000000000000000000000000000000000000000080',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
].map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));

/** A private scalar with a public key that has a part of order 8 if `isMixed`. */
export interface CraftedKey {
  readonly scalar: bigint;
  readonly publicKey: Uint8Array;
}

export function craftedKey(seed: string, isMixed: boolean): CraftedKey {
  const scalar = scalarOf(seed);
  const point = Point.BASE.multiply(scalar);
  return { scalar, publicKey: (isMixed ? point.add(torsion()) : point).toBytes() };
}

/**
 * A signature whose R has a part of order 8 if `isMixed`. `[S]B = R + [k]A` then misses by a point
 * of small order, so only those who multiply the equation by 8 take it.
 */
export function craftedSignature(
  { scalar, publicKey }: CraftedKey,
  message: Uint8Array,
  isMixed: boolean,
): Uint8Array {
  const nonce = scalarOf(`nonce ${Buffer.from(message).toString('hex')}`);
  const point = Point.BASE.multiply(nonce);
  const r = (isMixed ? point.add(torsion()) : point).toBytes();
  const k = numberOf(sha512(r, publicKey, message)) % groupOrder;
  return Uint8Array.from([...r, ...bytesOf((nonce + k * scalar) % groupOrder)]);
}

/** The signature with S + L in the place of S: the same to whoever reduces it first. */
export function withUnreducedScalar(signature: Uint8Array): Uint8Array {
  const scalar = numberOf(signature.subarray(32)) + groupOrder;
  return Uint8Array.from([...signature.subarray(0, 32), ...bytesOf(scalar)]);
}

export function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function torsion(): Point {
  return Point.fromBytes(smallPoints[6]!, true);
}

function scalarOf(seed: string): bigint {
  return numberOf(sha512(Buffer.from(seed))) % groupOrder;
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

function bytesOf(number: bigint): Uint8Array {
  return Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse();
}
