import { importKey, type PublicKey } from './ed25519.ts';
import type { EventId } from './ids.ts';
import { eventNumber } from './ticket-payload.ts';

/** A show's public keys, as gateways and scanners hold them. */
export interface KeyRing {
  /** `eventNumber` of the show. */
  readonly event: number;
  readonly keys: ReadonlyMap<number, RingKey>;
}

interface RingKey {
  readonly key: PublicKey;
  /** Whatever it has signed is void. A key that is only retired stays good for what it signed. */
  readonly isRevoked: boolean;
}

/** A public key of a show, from outside. */
export interface ListedKey {
  readonly keyId: number;
  readonly publicKey: Uint8Array;
  readonly isRevoked: boolean;
}

/**
 * @throws {KeyError} one of them is no key to rely on: then none is taken
 */
export function keyRing(event: EventId, listed: readonly ListedKey[]): KeyRing {
  const keys = listed.map(
    ({ keyId, publicKey, isRevoked }) => [keyId, { key: importKey(publicKey), isRevoked }] as const,
  );
  return { event: eventNumber(event), keys: new Map(keys) };
}
