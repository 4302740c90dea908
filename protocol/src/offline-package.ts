import type { CheckpointRules } from './admission-rules.ts';
import { Bitmap } from './bitmap.ts';
import type { ListedKey } from './key-ring.ts';
import type { Revocations } from './revocations.ts';

/**
 * All that a gate needs to judge alone, at one checkpoint on one day. Nothing in it is about a
 * person: tickets are numbers, and what is known of each is four bits.
 */
export interface OfflinePackage extends PackageHead {
  readonly rules: CheckpointRules;
  /** In ascending order of ids. */
  readonly keys: readonly ListedKey[];
  readonly revocations: Revocations;
  /** Serials that came in on this day, or must have. */
  readonly used: Bitmap;
  /** Those of them that went out again. */
  readonly outside: Bitmap;
}

export interface PackageHead {
  /** `eventNumber` of the show. */
  readonly event: number;
  readonly checkpoint: number;
  /** Of the show's history, and how far into it this goes. */
  readonly generation: number;
  readonly position: number;
  /** Milliseconds since 1970, to the second. */
  readonly madeAt: number;
  /** Past this nobody is judged by it any more. */
  readonly validUntil: number;
  /** The day of the show that `used` is about. */
  readonly day: number;
  /** All tickets sold so far have serials below. */
  readonly issued: number;
  /** How many people are inside. */
  readonly occupancy: number;
}

/** What has changed from one package to a later one of the same day and the same rules. */
export interface PackageDelta {
  /** The position of the package it changes. */
  readonly from: number;
  /** The later one's. */
  readonly head: PackageHead;
  readonly gone: Bitmap;
  readonly reissued: readonly (readonly [serial: number, revision: number])[];
  /** Now inside, wherever they were. */
  readonly inside: Bitmap;
  /** Now outside, wherever they were. */
  readonly outside: Bitmap;
}

/** Undefined when the later one has to be sent whole: another day, other rules or other keys. */
export function deltaBetween(
  before: OfflinePackage,
  after: OfflinePackage,
): PackageDelta | undefined {
  if (!isSameGround(before, after)) return undefined;
  const { used, outside, revocations, rules: _rules, keys: _keys, ...head } = after;
  const wasOutside = (serial: number) => before.outside.has(serial);
  const wasInside = (serial: number) => before.used.has(serial) && !wasOutside(serial);
  return {
    from: before.position,
    head,
    gone: without(revocations.gone, (serial) => before.revocations.gone.has(serial)),
    reissued: revocations
      .reissued()
      .filter(([serial, revision]) => revision > before.revocations.revision(serial)),
    inside: without(used, (serial) => outside.has(serial) || wasInside(serial)),
    outside: without(outside, wasOutside),
  };
}

/**
 * The later package, which takes the sets of the earlier one over. Undefined, and nothing changed,
 * when it is not the one that the delta changes.
 */
export function applyDelta(base: OfflinePackage, delta: PackageDelta): OfflinePackage | undefined {
  const { head } = delta;
  const isBase =
    base.event === head.event &&
    base.checkpoint === head.checkpoint &&
    base.generation === head.generation &&
    base.day === head.day &&
    base.position === delta.from;
  if (!isBase) return undefined;
  const { revocations, used, outside } = base;
  for (const serial of delta.gone.numbers()) revocations.revoke(serial);
  for (const [serial, revision] of delta.reissued) revocations.reissue(serial, revision);
  for (const serial of delta.inside.numbers()) {
    used.add(serial);
    outside.delete(serial);
  }
  for (const serial of delta.outside.numbers()) {
    used.add(serial);
    outside.add(serial);
  }
  return { ...base, ...head };
}

function isSameGround(before: OfflinePackage, after: OfflinePackage): boolean {
  const ground = ({ event, generation, day, rules, keys }: OfflinePackage) =>
    JSON.stringify([event, generation, day, rules, keys.map((key) => ({ ...key }))]);
  return before.position <= after.position && ground(before) === ground(after);
}

function without(numbers: Bitmap, isKnown: (number: number) => boolean): Bitmap {
  return Bitmap.of([...numbers.numbers()].filter((number) => !isKnown(number)));
}
