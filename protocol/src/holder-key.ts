import { getPublicKeyAsync, signAsync, utils } from '@noble/ed25519';
import { hasNativeEngine } from './browser-verify.ts';
import { plain } from './bytes.ts';

/**
 * The key that a phone makes for a rotating ticket. A browser's own key cannot be read by anybody,
 * its page included, and can be kept in IndexedDB as it is; without one there is the secret itself.
 */
export type HolderKey =
  | { readonly kind: 'native'; readonly publicKey: Uint8Array; readonly privateKey: CryptoKey }
  | { readonly kind: 'secret'; readonly publicKey: Uint8Array; readonly secret: Uint8Array };

export async function newHolderKey(): Promise<HolderKey> {
  return (await hasNativeEngine()) ? newNativeKey() : newSecretKey();
}

/** What `rotatingCode` signs with. */
export async function signAsHolder(key: HolderKey, message: Uint8Array): Promise<Uint8Array> {
  switch (key.kind) {
    case 'native':
      return new Uint8Array(await crypto.subtle.sign('Ed25519', key.privateKey, plain(message)));
    case 'secret':
      return signAsync(message, key.secret);
  }
}

export async function newSecretKey(): Promise<HolderKey> {
  const secret = utils.randomSecretKey();
  return { kind: 'secret', secret, publicKey: await getPublicKeyAsync(secret) };
}

async function newNativeKey(): Promise<HolderKey> {
  const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new TypeError('The browser made one key in place of a pair.');
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { kind: 'native', publicKey, privateKey: pair.privateKey };
}
