import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import type { PublicKey, Sign, Verify } from '@ingressou/protocol/ticket';
import type { KeyPair } from '../../ports/ticket-keys.ts';

/**
 * Whether a signature is the key's over the message, by `node:crypto`, some fifteen times as fast
 * as an engine in JavaScript. It takes 0.1 to 0.2 ms, in which the thread does nothing else: where
 * many are asked, ask `SignatureThreads`. False for anything odd; never throws.
 */
export function hasSigned(signature: Uint8Array, message: Uint8Array, key: PublicKey): boolean {
  try {
    return verify(null, message, nativeKey(key), signature);
  } catch {
    // Bytes that are the right number of them and no point of the curve.
    return false;
  }
}

/** The same for whoever asks engines in general. */
export const verifyOnNode: Verify = async (...question) => hasSigned(...question);

/** Signs with the private key of a `newKeyPair`. */
export function signerOf(privateKey: Uint8Array): Sign {
  const der = Buffer.concat([pkcs8Head, privateKey]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return (message) => new Uint8Array(sign(null, message, key));
}

/** Both keys are their 32 bytes of RFC 8032. */
export function newKeyPair(): KeyPair {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { publicKey: bytesOf(x), privateKey: bytesOf(d) };
}

/** Everything that comes before the bytes of an Ed25519 key in PKCS #8 (RFC 8410 §7). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');

const nativeKeys = new WeakMap<PublicKey, KeyObject>();

function nativeKey(key: PublicKey): KeyObject {
  let native = nativeKeys.get(key);
  if (native === undefined) {
    // Of public keys, Node reads these raw and no others.
    const x = Buffer.from(key.bytes).toString('base64url');
    native = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    nativeKeys.set(key, native);
  }
  return native;
}

function bytesOf(base64url: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64url, 'base64url'));
}
