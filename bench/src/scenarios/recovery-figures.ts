import {
  type History,
  type Recovery,
  type SnapshotPlace,
  snapshotPlaces,
} from '../recovery/messages.ts';
import { type Outcome, shortNumber } from '../report.ts';
import { median } from '../samples.ts';

/** One recovery in a process of its own. */
export interface Measured {
  readonly snapshot: SnapshotPlace;
  readonly recovery: Recovery;
}

/** What the issue of this scenario asks for; for a million facts, on PostgreSQL. */
const targetsMs: Readonly<Record<SnapshotPlace, number>> = { none: 3_000, head: 300, behind: 300 };

/** Medians over the rounds. */
export function describeRecoveries(
  history: History,
  measured: readonly Measured[],
): Pick<Outcome, 'figures' | 'ratios' | 'table' | 'notes'> {
  const places = Object.keys(snapshotPlaces) as SnapshotPlace[];
  const figures = places.map((place) => [place, figuresOf(place, history, measured)] as const);
  return {
    figures: { ...Object.fromEntries(figures), history },
    ratios: {},
    table: [head, ...figures.map(([place, figure]) => rowOf(place, figure))],
    notes: [savesOf(measured), explanation],
  };
}

/** One of them for the progress. */
export function inWords({ snapshot, recovery: { ms, stallMs, encodeMs } }: Measured): string {
  const [took, stall, encode] = [ms, stallMs, encodeMs].map(shortNumber);
  return `${snapshot}: ${took} ms, stall ${stall} ms, encoding ${encode} ms`;
}

const explanation =
  'A stall is the longest time in which nothing else ran in the process: a heartbeat waits as long.';

interface Figures {
  readonly ms: number;
  readonly msMin: number;
  readonly msMax: number;
  readonly cpuMs: number;
  /** Only where all of them are read. */
  readonly factsPerSecond: number | undefined;
  readonly stallMs: number;
  readonly encodeMs: number;
  readonly snapshotBytes: number;
  readonly residentBytes: number;
}

function figuresOf(
  place: SnapshotPlace,
  { facts }: History,
  measured: readonly Measured[],
): Figures {
  const recoveries = measured
    .filter(({ snapshot }) => snapshot === place)
    .map(({ recovery }) => recovery);
  const middle = (read: (one: Recovery) => number) => median(recoveries.map(read));
  const ms = middle((one) => one.ms);
  return {
    ms,
    msMin: Math.min(...recoveries.map((one) => one.ms)),
    msMax: Math.max(...recoveries.map((one) => one.ms)),
    cpuMs: middle(({ cpuMs }) => cpuMs),
    factsPerSecond: place === 'none' ? (facts / ms) * 1000 : undefined,
    stallMs: middle(({ stallMs }) => stallMs),
    encodeMs: middle(({ encodeMs }) => encodeMs),
    snapshotBytes: middle(({ snapshotBytes }) => snapshotBytes),
    residentBytes: middle(({ residentBytes }) => residentBytes),
  };
}

const head = [
  'snapshot',
  'ms',
  'from',
  'to',
  'target',
  'CPU ms',
  'facts/s',
  'stall ms',
  'encoding ms',
  'MB encoded',
  'MB resident',
];

function rowOf(place: SnapshotPlace, figures: Figures): string[] {
  const { ms, msMin, msMax, cpuMs, factsPerSecond, stallMs, encodeMs } = figures;
  const megabytes = [figures.snapshotBytes / 1e6, figures.residentBytes / 1e6];
  return [
    place,
    ...[ms, msMin, msMax, targetsMs[place], cpuMs].map(shortNumber),
    factsPerSecond === undefined ? '' : shortNumber(factsPerSecond),
    ...[stallMs, encodeMs, ...megabytes].map(shortNumber),
  ];
}

function savesOf(measured: readonly Measured[]): string {
  const saves = measured.flatMap(({ recovery: { save } }) => (save === undefined ? [] : [save]));
  const [ms, stallMs] = [median(saves.map((save) => save.ms)), median(saves.map((s) => s.stallMs))];
  return `Saving the snapshot takes ${shortNumber(ms)} ms with a stall of ${shortNumber(stallMs)} ms.`;
}
