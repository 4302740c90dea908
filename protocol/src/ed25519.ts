/**
 * What is asked of Ed25519 keys and signatures before any engine sees them. `node:crypto`, WebCrypto
 * and @noble/ed25519 disagree about encodings that only somebody evil makes: keys and points of
 * small order, numbers that are not reduced. Those are refused here, the same way for all three.
 */

export const publicKeyBytes = 32;
export const signatureBytes = 64;

/**
 * A key that was looked at. Engines keep what they make of it by this object, so keep it too and do
 * not import it again for every ticket.
 */
export interface PublicKey {
  readonly bytes: Uint8Array;
}

/** Whether a signature is the key's over the message. False for anything odd; never throws. */
export type Verify = (
  signature: Uint8Array,
  message: Uint8Array,
  key: PublicKey,
) => Promise<boolean>;
/** Whether it is known to be right, without looking. */
export type Knows = (signature: Uint8Array, message: Uint8Array, key: PublicKey) => boolean;
/** Signs with one private key. */
export type Sign = (message: Uint8Array) => Uint8Array;

export type KeyFault = 'wrong_length' | 'not_canonical' | 'small_order';

/** These bytes are no key to rely on. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
  readonly code: KeyFault;

  constructor(code: KeyFault) {
    super(`The public key is refused: ${code}.`);
    this.code = code;
  }
}

/**
 * The only door for public keys.
 *
 * @throws {KeyError}
 */
export function importKey(bytes: Uint8Array): PublicKey {
  if (bytes.length !== publicKeyBytes) throw new KeyError('wrong_length');
  const fault = faultOfPoint(bytes);
  if (fault !== undefined) throw new KeyError(fault);
  return { bytes: Uint8Array.from(bytes) };
}

/** Whether a signature is of a form that every engine judges alike. */
export function isSoundSignature(signature: Uint8Array): boolean {
  if (signature.length !== signatureBytes) return false;
  return faultOfPoint(signature) === undefined && isBelow(signature, order, publicKeyBytes);
}

/** Of a point in the first 32 bytes. Asked of every scan: it copies nothing. */
function faultOfPoint(bytes: Uint8Array): KeyFault | undefined {
  if (!isBelow(bytes, prime, 0, pointMask)) return 'not_canonical';
  return smallOrder.some((small) => isPoint(bytes, small)) ? 'small_order' : undefined;
}

/** The highest bit is the sign of x, which points of small order share with their opposites. */
const pointMask = 0x7f;

function isPoint(bytes: Uint8Array, y: Uint8Array): boolean {
  if ((bytes[31]! & pointMask) !== y[31]) return false;
  for (let at = 0; at < 31; at += 1) if (bytes[at] !== y[at]) return false;
  return true;
}

/** Of numbers with the least byte first; `mask` is of the last byte of `bytes`. */
function isBelow(bytes: Uint8Array, limit: Uint8Array, from = 0, mask = 0xff): boolean {
  for (let at = limit.length - 1; at >= 0; at -= 1) {
    const byte = bytes[from + at]! & (at === limit.length - 1 ? mask : 0xff);
    if (byte !== limit[at]) return byte < limit[at]!;
  }
  return false;
}

function littleEndian(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** 2²⁵⁵ − 19, below which coordinates are. */
const prime = littleEndian(`ed${'ff'.repeat(30)}7f`);
/** The order of the base point, below which scalars are. */
const order = littleEndian(`edd3f55c1a631258d69cf7a2def9de14${'00'.repeat(15)}10`);
/** The y of the eight points whose order divides 8: that of the identity, −1, 0, and two more. */
const smallOrder = [
  littleEndian(`01${'00'.repeat(31)}`),
  littleEndian(`ec${'ff'.repeat(30)}7f`),
  littleEndian('00'.repeat(32)),
  littleEndian('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'),
  littleEndian('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'),
];
