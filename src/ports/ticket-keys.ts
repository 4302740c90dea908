import type { EventId } from '@ingressou/protocol';

/**
 * The keys that sign the tickets of a show: one at a time signs, all that ever did verify.
 *
 *     current ──▶ retired   signs no more; what it signed stays good
 *        └──┬──────┘
 *           ▼
 *        revoked            what it signed is void and must be signed again
 */
export interface TicketKeys {
  /**
   * Every key there ever was, the oldest first.
   *
   * @throws {TicketKeysUnavailableError}
   */
  list(event: EventId): Promise<readonly TicketKey[]>;

  /**
   * Has the next signature made with a new key, which is made then. False when none signed yet.
   *
   * @throws {TicketKeysUnavailableError}
   */
  rotate(event: EventId): Promise<boolean>;

  /**
   * Makes everything void that a key has signed, and destroys its private part. False when there is
   * no such key that was good.
   *
   * @throws {TicketKeysUnavailableError}
   */
  revoke(event: EventId, keyId: number): Promise<boolean>;
}

/** The private keys, for whoever signs tickets or packages: open for as long as that takes. */
export interface SigningKeys {
  /**
   * The key that signs now. Makes it when there is none, or when the show's history was restored
   * since: whatever a lost key has signed can then never be taken for a ticket of this one.
   *
   * @throws {TicketKeysUnavailableError} asking again is safe
   */
  current(event: EventId): Promise<SigningKey>;
}

export interface TicketKey {
  /** Unique within the show for ever: ids of another generation are in another block of 256. */
  readonly keyId: number;
  readonly publicKey: Uint8Array;
  /** Of the show's history when the key was made. */
  readonly generation: number;
  /** Times in milliseconds since 1970. */
  readonly createdAt: number;
  readonly retiredAt: number | undefined;
  readonly revokedAt: number | undefined;
}

export interface SigningKey {
  readonly keyId: number;
  readonly privateKey: Uint8Array;
}

/** The 32 bytes each of a new Ed25519 key. */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/** Seals secrets that are kept in a database, and opens them. */
export interface Vault {
  /** `place`, the row they are for, is sealed in: they open there and nowhere else. */
  seal(secret: Uint8Array, place: string): Uint8Array;
  /** Throws when the bytes were changed, moved, or sealed with another key. */
  open(sealed: Uint8Array, place: string): Uint8Array;
}

/** The keys cannot be reached now. */
export class TicketKeysUnavailableError extends Error {
  override readonly name = 'TicketKeysUnavailableError';
  constructor(options: ErrorOptions) {
    super('The keys of tickets cannot be reached.', options);
  }
}
