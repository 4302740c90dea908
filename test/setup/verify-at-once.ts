import { createPublicKey, verify } from 'node:crypto';
import type { Verify } from '@ingressou/protocol/ticket';

/** Without a thread: what is tested goes on step by step. */
export const verifyAtOnce: Verify = async (signature, message, { bytes }) => {
  const x = Buffer.from(bytes).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, message, key, signature);
};
