import type { Random } from './random.ts';

/**
 * How rough one run is. Each seed draws its own mixture: one has crashes and a perfect network,
 * another only loses replies, so that no fault always hides behind the same other one. A chance
 * of 0 or an interval of 0 means never.
 */
export interface Knobs {
  readonly buyers: number;
  /** Holds a buyer asks for, one after the other. */
  readonly wishesMax: number;
  /** Between these times things go wrong; afterwards everything works and everybody finishes. */
  readonly roughAtMs: number;
  readonly calmAtMs: number;

  /** Processes that serve at the same time, each believing that it owns what it has claimed. */
  readonly nodes: number;
  readonly crashEveryMs: number;
  readonly freezeEveryMs: number;
  readonly drainEveryMs: number;
  /** How far a process's clock is from true time, in either direction, and steps again. */
  readonly clockErrorMs: number;

  readonly messageLossChance: number;
  readonly messageTwiceChance: number;
  readonly messageMs: number;

  readonly journals: number;
  readonly statementMs: number;
  readonly requestLostChance: number;
  readonly replyLostChance: number;
  /** A statement whose client has given up is applied all the same, later. */
  readonly lateChance: number;
  readonly refusedChance: number;
  readonly outageEveryMs: number;

  readonly snapshotFacts: number;
  readonly snapshotFlawChance: number;

  readonly mailboxLettersMax: number;
  readonly turnLettersMax: number;
  /** After so long without a letter a show goes to sleep. */
  readonly idleMs: number;
}

export function drawKnobs(random: Random): Knobs {
  const sometimes = (probability: number, min: number, max: number): number =>
    random.chance(probability) ? random.between(min, max) : 0;
  const percent = (max: number): number => sometimes(0.4, 1, max) / 100;
  return {
    buyers: random.between(6, 10),
    wishesMax: random.between(3, 15),
    roughAtMs: random.chance(0.7) ? random.between(50, 1_000) : 0,
    calmAtMs: random.between(6_000, 15_000),
    nodes: random.chance(0.2) ? 2 : 1,
    crashEveryMs: sometimes(0.5, 1_000, 6_000),
    freezeEveryMs: sometimes(0.3, 2_000, 8_000),
    drainEveryMs: sometimes(0.25, 2_000, 8_000),
    clockErrorMs: sometimes(0.3, 20, 400),
    messageLossChance: percent(30),
    messageTwiceChance: percent(40),
    messageMs: random.pick([2, 10, 50, 400]),
    journals: random.between(1, 2),
    statementMs: random.pick([2, 5, 30, 200]),
    requestLostChance: percent(15),
    replyLostChance: percent(25),
    lateChance: random.pick([0, 0, 0.02, 0.1, 0.4]),
    refusedChance: percent(10),
    outageEveryMs: sometimes(0.25, 2_000, 8_000),
    snapshotFacts: random.pick([2, 5, 15, 60]),
    snapshotFlawChance: random.chance(0.5) ? random.between(10, 90) / 100 : 0,
    mailboxLettersMax: random.pick([3, 8, 64]),
    turnLettersMax: random.pick([1, 3, 64]),
    idleMs: random.pick([500, 2_000, 60_000]),
  };
}
