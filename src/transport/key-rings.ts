import type { EventId } from '@ingressou/protocol';
import { type KeyRing, keyRing, type ListedKey } from '@ingressou/protocol/ticket';
import type { Clock } from '../ports/clock.ts';
import type { TicketKeys } from '../ports/ticket-keys.ts';

export interface KeyRingsOptions {
  readonly keys: Pick<TicketKeys, 'list'>;
  readonly clock: Pick<Clock, 'monotonic' | 'after'>;
}

/** A key that was revoked is believed for so long at most. */
const freshMs = 5_000;
/** From then on they are read again while they are still believed, so that no scan waits for it. */
const renewMs = 3_000;
/** Whoever shows made-up keys makes nobody ask more often, and waits for the answer. */
const pauseMs = 250;
/** Shows whose keys are kept at a time. */
const ringsMax = 500;

interface KeptRing {
  readonly ring: KeyRing;
  readonly listed: readonly ListedKey[];
  readonly readAt: number;
  isRenewing: boolean;
}

/** The public keys of shows, kept for some seconds, because every scan needs them. */
export class KeyRings {
  readonly #options: KeyRingsOptions;
  readonly #kept = new Map<EventId, KeptRing>();
  readonly #reading = new Map<EventId, Promise<KeptRing>>();

  constructor(options: KeyRingsOptions) {
    this.#options = options;
  }

  /** The ring if it is at hand and young enough. */
  atHand(event: EventId): KeyRing | undefined {
    const kept = this.#kept.get(event);
    if (kept === undefined) return undefined;
    const age = this.#age(kept);
    if (age >= freshMs) return undefined;
    if (age >= renewMs) this.#renew(event, kept);
    return kept.ring;
  }

  /** @throws {TicketKeysUnavailableError}, {KeyError} */
  async ring(event: EventId): Promise<KeyRing> {
    return this.atHand(event) ?? (await this.#read(event)).ring;
  }

  /**
   * Read after now, because a key was not in the one at hand: a show's first ticket may be younger.
   *
   * @throws as `ring`
   */
  async newerRing(event: EventId): Promise<KeyRing> {
    const kept = this.#kept.get(event);
    if (kept !== undefined) await this.#pause(pauseMs - this.#age(kept));
    const newer = this.#kept.get(event);
    if (newer !== undefined && newer !== kept) return newer.ring;
    return (await this.#read(event)).ring;
  }

  /** The keys as they are told to scanners. @throws as `ring` */
  async list(event: EventId): Promise<readonly ListedKey[]> {
    return (await this.#read(event)).listed;
  }

  /** Once for each ring: if that fails, whoever comes when it is too old asks again and hears why. */
  #renew(event: EventId, kept: KeptRing): void {
    if (kept.isRenewing) return;
    kept.isRenewing = true;
    this.#read(event).catch(() => undefined);
  }

  async #pause(ms: number): Promise<void> {
    if (ms <= 0) return;
    await new Promise<void>((resolve) => void this.#options.clock.after(ms, resolve));
  }

  #age({ readAt }: KeptRing): number {
    return this.#options.clock.monotonic() - readAt;
  }

  /** However many ask at once, the database is asked once. */
  #read(event: EventId): Promise<KeptRing> {
    const reading = this.#reading.get(event) ?? this.#readNow(event);
    this.#reading.set(event, reading);
    return reading;
  }

  async #readNow(event: EventId): Promise<KeptRing> {
    try {
      const readAt = this.#options.clock.monotonic();
      const keys = await this.#options.keys.list(event);
      const listed = keys.map(({ keyId, publicKey, revokedAt }) => {
        return { keyId, publicKey, isRevoked: revokedAt !== undefined };
      });
      const kept = { ring: keyRing(event, listed), listed, readAt, isRenewing: false };
      this.#kept.delete(event);
      this.#kept.set(event, kept);
      if (this.#kept.size > ringsMax) this.#kept.delete(this.#kept.keys().next().value ?? event);
      return kept;
    } finally {
      this.#reading.delete(event);
    }
  }
}
