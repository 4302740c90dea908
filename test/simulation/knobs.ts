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
  /** Somebody watches the shows at every process. */
  readonly isWatched: boolean;
  /** Between these times things go wrong; afterwards everything works and everybody finishes. */
  readonly roughAtMs: number;
  readonly calmAtMs: number;

  /** Processes that serve at the same time. */
  readonly nodes: number;
  /** The last of them comes so long after the others. */
  readonly joinAtMs: number;
  /** One process of three is killed, or with this chance all of them at once. */
  readonly crashEveryMs: number;
  readonly burstChance: number;
  readonly freezeEveryMs: number;
  readonly drainEveryMs: number;
  /** Nothing goes wrong but that processes are asked to stop, and others take their place. */
  readonly isOnlyDrained: boolean;
  /** An operator wants a show on a node of a certain name, and later elsewhere. */
  readonly pinEveryMs: number;
  /** One process loses its line to the database or to the bus, or one way of it. */
  readonly cutEveryMs: number;
  /** One process reaches nobody but its own people for about as long as a lease runs. */
  readonly isolateEveryMs: number;

  /** How far a machine's clock is from true time, in either direction, and steps again. */
  readonly clockErrorMs: number;
  /** How much faster or slower than true time a machine counts, in parts of a thousand. */
  readonly paceErrorPerMille: number;
  /** The clock of the database's machine steps by so much, in either direction. */
  readonly databaseStepMs: number;
  readonly databaseStepEveryMs: number;

  readonly messageLossChance: number;
  readonly messageTwiceChance: number;
  readonly messageMs: number;
  /** Messages go where somebody answers. */
  readonly isBalanced: boolean;

  readonly busLossChance: number;
  readonly busMs: number;
  readonly busOutageEveryMs: number;

  readonly journals: number;
  readonly statementMs: number;
  readonly requestLostChance: number;
  readonly replyLostChance: number;
  /** The same for heartbeats alone, and how long one may be on its way more than others. */
  readonly heartbeatLostChance: number;
  readonly heartbeatMs: number;
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

const nodesMax = 3;

/** What may be wrong with a run; one that has everything gets nowhere. */
export const troubles = [
  'crashes',
  'freezes',
  'drains',
  'pins',
  'cuts',
  'isolations',
  'machine clocks',
  'database clock',
  'messages',
  'bus',
  'bus outages',
  'lost statements',
  'late statements',
  'lost heartbeats',
  'slow heartbeats',
  'refused statements',
  'outages',
  'snapshots',
  'crowds',
] as const;
export type Trouble = (typeof troubles)[number];
const troublesMax = 6;

/** Less than a lease is sure of, less than is taken for a step, a little, and a wrong time zone. */
const clockStepsMs = [100, 450, 3_000, 3_600_000, 3_600_000] as const;

/** What is worst together, and seldom comes together by itself. */
const themes: readonly (readonly Trouble[])[] = [
  ['freezes'],
  ['isolations'],
  ['isolations', 'slow heartbeats'],
  ['bus', 'cuts'],
  ['bus', 'pins', 'crowds'],
  ['drains', 'pins', 'late statements'],
  ['crashes', 'database clock'],
  ['freezes', 'database clock', 'bus outages'],
  ['outages', 'lost heartbeats'],
];

/** `chosen` replaces the troubles that the seed would draw. */
export function drawKnobs(random: Random, chosen?: readonly Trouble[]): Knobs {
  const isOnlyDrained = random.chance(0.08) && chosen === undefined;
  const count = random.between(1, troublesMax);
  const some = Array.from({ length: count }, () => random.pick(troubles));
  const drawn = random.chance(0.5) ? random.pick(themes) : some;
  const has = new Set<Trouble>(chosen ?? (isOnlyDrained ? ['drains'] : drawn));
  const between = (trouble: Trouble, min: number, max: number): number => {
    const value = random.between(min, max);
    return has.has(trouble) ? value : 0;
  };
  const percent = (trouble: Trouble, max: number): number => between(trouble, 1, max) / 100;
  const isCrowded = has.has('crowds');
  const isQuiet = random.chance(0.3);
  return {
    buyers: isQuiet ? random.between(1, 3) : random.between(4, 9),
    wishesMax: random.between(3, 15),
    isWatched: random.chance(0.4),
    roughAtMs: random.chance(0.7) ? random.between(50, 1_000) : 0,
    calmAtMs: random.between(6_000, 15_000),
    nodes: random.between(isOnlyDrained ? 2 : 1, nodesMax),
    joinAtMs: random.chance(0.3) ? random.between(500, 6_000) : 0,
    crashEveryMs: between('crashes', 1_000, 6_000),
    burstChance: random.pick([0, 0, 0.3, 1]),
    freezeEveryMs: between('freezes', 1_500, 5_000),
    drainEveryMs: between('drains', 1_500, 5_000),
    isOnlyDrained,
    pinEveryMs: between('pins', 1_500, 5_000),
    cutEveryMs: between('cuts', 1_500, 6_000),
    isolateEveryMs: between('isolations', 1_500, 4_000),
    clockErrorMs: between('machine clocks', 20, 400),
    paceErrorPerMille: between('machine clocks', 0, 20),
    databaseStepMs: has.has('database clock') ? random.pick(clockStepsMs) : 0,
    databaseStepEveryMs: random.between(3_000, 8_000),
    messageLossChance: percent('messages', 30),
    messageTwiceChance: percent('messages', 40),
    messageMs: has.has('messages') ? random.pick([10, 50, 200]) : random.pick([2, 5, 20]),
    isBalanced: random.chance(0.5),
    busLossChance: percent('bus', 25),
    busMs: has.has('bus') ? random.pick([5, 20, 60]) : random.pick([1, 2, 5]),
    busOutageEveryMs: between('bus outages', 2_000, 8_000),
    journals: random.between(1, 2),
    statementMs: random.pick(isOnlyDrained ? [2, 5, 30] : [2, 2, 5, 5, 30, 100]),
    requestLostChance: percent('lost statements', 15),
    replyLostChance: percent('lost statements', 30),
    heartbeatMs: has.has('slow heartbeats') ? random.pick([100, 390]) : 0,
    heartbeatLostChance: has.has('lost heartbeats') ? random.pick([0.1, 0.5, 0.8]) : 0,
    lateChance: has.has('late statements') ? random.pick([0.05, 0.1, 0.3]) : 0,
    refusedChance: percent('refused statements', 15),
    outageEveryMs: between('outages', 2_000, 8_000),
    snapshotFacts: random.pick([2, 5, 15, 60]),
    snapshotFlawChance: percent('snapshots', 90),
    mailboxLettersMax: isCrowded ? random.pick([3, 8]) : 64,
    turnLettersMax: isCrowded ? random.pick([1, 3]) : 64,
    idleMs: random.pick([500, 2_000, 60_000]),
  };
}
