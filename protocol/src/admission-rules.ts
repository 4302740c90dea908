/**
 * How one checkpoint admits. A checkpoint is a line that people cross, the front doors or the way
 * into the VIP area, with up to 32 gates side by side; a ticket is used at each separately.
 */
export interface CheckpointRules {
  readonly checkpoint: number;
  /** A ticket is used anew each day. Otherwise it is used once, whatever the day. */
  readonly isDaily: boolean;
  /** Whoever went out may come in again, the same day if `isDaily`. */
  readonly mayReenter: boolean;
  /** Whoever did not pay the full price, or has a ticket in their name, shows a document. */
  readonly needsProof: boolean;
  /** When the gates admit, in order and without overlap, at most 32. */
  readonly days: readonly Day[];
  readonly sectors: readonly SectorRule[];
  /** The sector of each lot by the lot's number. Lots beyond the end came later. */
  readonly lotSectors: readonly number[];
}

/** Milliseconds since 1970, to the second; `until` is over. */
export interface Day {
  readonly from: number;
  readonly until: number;
}

/** Sets of gates and days as bits: bit n is gate or day n. */
export interface SectorRule {
  /** The gates that admit it. */
  readonly gates: number;
  /**
   * Those that admit it while they are cut off from each other. When no two of them are ever apart,
   * a ticket cannot come in twice.
   */
  readonly strictGates: number;
  /** The days it is for. */
  readonly days: number;
}

export const gatesMax = 32;
export const daysMax = 32;

/** The rule of a lot; undefined for one that these rules have not heard of. */
export function sectorOf(rules: CheckpointRules, lot: number): SectorRule | undefined {
  const sector = rules.lotSectors[lot];
  return sector === undefined ? undefined : rules.sectors[sector];
}

/** Which day it is at the gates; undefined while they are closed. */
export function dayAt(rules: CheckpointRules, now: number): number | undefined {
  const day = rules.days.findIndex(({ from, until }) => now >= from && now < until);
  return day < 0 ? undefined : day;
}

export function isIn(bits: number, place: number): boolean {
  return ((bits >>> place) & 1) === 1;
}

export function placesIn(bits: number): number[] {
  return Array.from({ length: 32 }, (_, place) => place).filter((place) => isIn(bits, place));
}
