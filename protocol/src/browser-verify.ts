import { Point } from '@noble/ed25519';
import { plain } from './bytes.ts';
import { type PublicKey, publicKeyBytes, type Verify } from './ed25519.ts';

/**
 * The platform's own engine when it has one (Safari 17, Firefox 129, Chrome 137), else noble's, which
 * is twenty times slower and still answers within a few milliseconds.
 */
export async function browserVerify(): Promise<Verify> {
  return (await hasNativeEngine()) ? verifyNatively : verifyWithNoble;
}

/** WebCrypto. */
export const verifyNatively: Verify = async (signature, message, key) => {
  const native = await nativeKey(key);
  return crypto.subtle.verify('Ed25519', native, plain(signature), plain(message));
};

/**
 * The same equation as the native engines solve, [S]B = R + [k]A compared by bytes, in the points of
 * @noble/ed25519. The library's own `verify` multiplies both sides by 8 (ZIP-215 does) and would so
 * take signatures that a gate with a native engine refuses.
 */
export const verifyWithNoble: Verify = async (signature, message, key) => {
  const r = signature.subarray(0, publicKeyBytes);
  const s = numberOf(signature.subarray(publicKeyBytes));
  const hashed = new Uint8Array([...r, ...key.bytes, ...message]);
  const k = numberOf(new Uint8Array(await crypto.subtle.digest('SHA-512', hashed))) % order;
  const a = pointOf(key);
  if (a === undefined || s >= order) return false;
  const expected = times(Point.BASE, s).subtract(times(a, k)).toBytes();
  return r.length === publicKeyBytes && expected.every((byte, at) => byte === r[at]);
};

const order = Point.CURVE().n;

/** Noble multiplies by everything but zero. */
function times(point: Point, scalar: bigint): Point {
  return scalar === 0n ? Point.ZERO : point.multiply(scalar, false);
}

/** Undefined for bytes that are no point of the curve: half of all are not. */
function pointOf({ bytes }: PublicKey): Point | undefined {
  try {
    return Point.fromBytes(bytes, false);
  } catch {
    // Noble says so by throwing; a key that is no point has signed nothing.
    return undefined;
  }
}

function numberOf(bytes: Uint8Array): bigint {
  let number = 0n;
  for (let at = bytes.length - 1; at >= 0; at -= 1) number = (number << 8n) | BigInt(bytes[at]!);
  return number;
}

const nativeKeys = new WeakMap<PublicKey, Promise<CryptoKey>>();

function nativeKey(key: PublicKey): Promise<CryptoKey> {
  let native = nativeKeys.get(key);
  if (native === undefined) {
    native = crypto.subtle.importKey('raw', plain(key.bytes), 'Ed25519', false, ['verify']);
    nativeKeys.set(key, native);
  }
  return native;
}

/** Whether the platform has Ed25519. Asked by doing: there is no list of what a browser can. */
export async function hasNativeEngine(): Promise<boolean> {
  try {
    const base = Point.BASE.toBytes();
    await crypto.subtle.importKey('raw', plain(base), 'Ed25519', false, ['verify']);
    return true;
  } catch {
    // NotSupportedError of an older browser: that is the answer.
    return false;
  }
}
