import type { EventId, Rejection } from '@ingressou/protocol';
import {
  Bitmap,
  dayOf,
  deltaBetween,
  type OfflinePackage,
  Revocations,
  sealDelta,
  sealPackage,
} from '@ingressou/protocol/admission';
import { eventNumber, type Sign } from '@ingressou/protocol/ticket';
import type { PackageParts } from '../domain/gates-view.ts';
import type { Clock } from '../ports/clock.ts';
import type { Commands, Reply } from '../ports/commands.ts';
import type { SigningKeys } from '../ports/ticket-keys.ts';
import type { KeyRings } from './key-rings.ts';

export interface PackageDeskOptions {
  readonly commands: Commands;
  readonly rings: KeyRings;
  readonly signing: SigningKeys;
  /** Signs with a private key. */
  readonly signerOf: (privateKey: Uint8Array) => Sign;
  readonly clock: Clock;
}

/** A package, or what has changed since one, as it is sent. */
export interface SealedPackage {
  readonly bytes: Uint8Array;
  readonly isDelta: boolean;
  readonly generation: number;
  readonly position: number;
  /** There are name cards besides. */
  readonly hasCards: boolean;
}

/** What a scanner says that it has. */
export interface HeldPackage {
  /** Its position. */
  readonly since?: number | undefined;
  /** How many revoked keys it names; scanners of earlier versions do not say. */
  readonly revoked?: number | undefined;
}

/** Past this a gate that is alone asks its operator. */
const validMs = 4 * 60 * 60 * 1000;
/** However many scanners ask, a package is made so often. */
const freshMs = 2_000;
/** Packages that deltas can be made from, of each checkpoint. */
const keptMax = 16;
/** Checkpoints whose packages are kept. */
const checkpointsMax = 200;

interface Kept {
  readonly whole: OfflinePackage;
  readonly madeAt: number;
}

/** What gates carry with them to judge alone. */
export class PackageDesk {
  readonly #options: PackageDeskOptions;
  /** By show and checkpoint, the newest last. */
  readonly #kept = new Map<string, Kept[]>();

  constructor(options: PackageDeskOptions) {
    this.#options = options;
  }

  /**
   * The newest package, or a delta from the one of position `since` if that is remembered here. A
   * delta tells of no key: whoever knows of fewer revoked ones than there are needs it whole.
   *
   * @throws {TicketKeysUnavailableError}
   */
  async package(
    event: EventId,
    device: string,
    checkpoint: number,
    { since, revoked }: HeldPackage = {},
  ): Promise<SealedPackage | Rejection> {
    const { commands, signing, signerOf } = this.#options;
    const reply = await commands.ask(event, { type: 'package', checkpoint, device });
    if (!reply.accepted) return reply.rejection;
    const { value } = reply;
    if (value === null) return { reason: 'checkpoint_not_found' };
    if (value.isDeviceRevoked) return { reason: 'device_revoked' };
    const { keyId, privateKey } = await signing.current(event);
    const sign = signerOf(privateKey);
    const { whole, before } = await this.#newest(event, checkpoint, reply, value, since);
    const { generation, position } = whole;
    const knowsKeys = revoked === undefined || revoked === revokedIn(whole);
    const delta = before && knowsKeys ? deltaBetween(before, whole) : undefined;
    const bytes =
      delta === undefined ? sealPackage(whole, keyId, sign) : sealDelta(delta, keyId, sign);
    const { hasCards } = value;
    return { bytes, isDelta: delta !== undefined, generation, position, hasCards };
  }

  async #newest(
    event: EventId,
    checkpoint: number,
    reply: Reply<{
      readonly type: 'package';
      readonly checkpoint: number;
      readonly device: string;
    }>,
    parts: PackageParts,
    since: number | undefined,
  ) {
    const { clock, rings } = this.#options;
    const slot = `${event} ${checkpoint}`;
    const kept = this.#kept.get(slot) ?? [];
    const last = kept.at(-1);
    const before = kept.find(({ whole }) => whole.position === since)?.whole;
    const isFresh = last !== undefined && clock.monotonic() - last.madeAt < freshMs;
    if (isFresh) return { whole: last.whole, before };
    const keys = [...(await rings.list(event))].sort((a, b) => a.keyId - b.keyId);
    const whole = packageOf(event, reply, parts, keys);
    const others = kept.filter((each) => each.whole.position !== whole.position);
    this.#kept.delete(slot);
    this.#kept.set(slot, [...others, { whole, madeAt: clock.monotonic() }].slice(-keptMax));
    if (this.#kept.size > checkpointsMax) this.#kept.delete(this.#kept.keys().next().value ?? '');
    return { whole, before };
  }
}

function revokedIn({ keys }: OfflinePackage): number {
  return keys.filter(({ isRevoked }) => isRevoked).length;
}

function packageOf(
  event: EventId,
  { at, generation, position }: { at: number; generation: number; position: number },
  { rules, issued, gone, days, reissued }: PackageParts,
  keys: OfflinePackage['keys'],
): OfflinePackage {
  const day = dayOf(rules, at);
  const counted = days.find((each) => each.day === (rules.isDaily ? day : 0));
  const known = Bitmap.ofBytes(counted?.used ?? new Uint8Array());
  // One number beyond what a package is read for would make all of it unreadable.
  const used = Bitmap.of([...known.numbers()].filter((serial) => serial < issued));
  const inside = Bitmap.ofBytes(counted?.inside ?? new Uint8Array());
  const madeAt = Math.floor(at / 1000) * 1000;
  const revocations = new Revocations();
  for (const serial of Bitmap.ofBytes(gone).numbers()) revocations.revoke(serial);
  for (const [serial, revision] of reissued) revocations.reissue(serial, revision);
  return {
    event: eventNumber(event),
    checkpoint: rules.checkpoint,
    generation,
    position,
    madeAt,
    validUntil: madeAt + validMs,
    day,
    issued,
    occupancy: counted?.people ?? 0,
    rules,
    keys,
    revocations,
    used,
    outside: Bitmap.of([...used.numbers()].filter((serial) => !inside.has(serial))),
  };
}
