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

  readonly busLossChance: number;
  readonly busMs: number;
  readonly busOutageEveryMs: number;

  readonly journals: number;
  readonly statementMs: number;
  readonly requestLostChance: number;
  readonly replyLostChance: number;
  /** The same for heartbeats alone. */
  readonly heartbeatLostChance: number;
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

export function drawKnobs(random: Random): Knobs {
  const isOnlyDrained = random.chance(0.1);
  const rough = drawRough(random);
  return isOnlyDrained ? { ...rough, ...drawDrains(random) } : rough;
}

function drawRough(random: Random): Knobs {
  const sometimes = (probability: number, min: number, max: number): number =>
    random.chance(probability) ? random.between(min, max) : 0;
  const percent = (max: number): number => sometimes(0.4, 1, max) / 100;
  return {
    buyers: random.between(6, 10),
    wishesMax: random.between(3, 15),
    isWatched: random.chance(0.35),
    roughAtMs: random.chance(0.7) ? random.between(50, 1_000) : 0,
    calmAtMs: random.between(6_000, 15_000),
    nodes: random.between(1, nodesMax),
    joinAtMs: sometimes(0.3, 500, 6_000),
    crashEveryMs: sometimes(0.5, 1_000, 6_000),
    burstChance: random.pick([0, 0, 0.3, 1]),
    freezeEveryMs: sometimes(0.35, 1_500, 8_000),
    drainEveryMs: sometimes(0.25, 2_000, 8_000),
    isOnlyDrained: false,
    pinEveryMs: sometimes(0.2, 1_500, 6_000),
    cutEveryMs: sometimes(0.3, 1_500, 8_000),
    clockErrorMs: sometimes(0.3, 20, 400),
    paceErrorPerMille: sometimes(0.3, 1, 20),
    databaseStepMs: random.pick([0, 0, 0, 0, 0, 0, 0, 100, 450, 3_000, 3_600_000]),
    databaseStepEveryMs: random.between(3_000, 10_000),
    messageLossChance: percent(30),
    messageTwiceChance: percent(40),
    messageMs: random.pick([2, 10, 50, 400]),
    busLossChance: percent(20),
    busMs: random.pick([1, 2, 10, 40]),
    busOutageEveryMs: sometimes(0.2, 2_000, 8_000),
    journals: random.between(1, 2),
    statementMs: random.pick([2, 5, 30, 200]),
    requestLostChance: percent(15),
    replyLostChance: percent(25),
    heartbeatLostChance: random.pick([0, 0, 0.1, 0.5, 0.8]),
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

/** Nothing but restarts that somebody planned. */
function drawDrains(random: Random): Partial<Knobs> {
  return {
    nodes: random.between(2, nodesMax),
    isOnlyDrained: true,
    drainEveryMs: random.between(1_500, 4_000),
    crashEveryMs: 0,
    freezeEveryMs: 0,
    cutEveryMs: 0,
    databaseStepMs: 0,
    messageLossChance: 0,
    messageTwiceChance: 0,
    messageMs: random.pick([2, 10, 50]),
    busLossChance: 0,
    busOutageEveryMs: 0,
    statementMs: random.pick([2, 5]),
    requestLostChance: 0,
    replyLostChance: 0,
    heartbeatLostChance: 0,
    lateChance: 0,
    refusedChance: 0,
    outageEveryMs: 0,
    mailboxLettersMax: 64,
  };
}
