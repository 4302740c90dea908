import type { ContestantName } from '../contestants/contestant.ts';
import { type Outcome, shortNumber } from '../report.ts';
import { median } from '../samples.ts';
import type { Round } from './reserve-round.ts';

/** Medians over the rounds, and the durable product against each other contestant. */
export function describeRounds(
  rounds: readonly Round[],
): Pick<Outcome, 'figures' | 'ratios' | 'table' | 'notes'> {
  const names = [...new Set(rounds.map(({ name }) => name))];
  const figures = names.map((name) => [name, figuresOf(roundsOf(rounds, name))] as const);
  const comparisons = names.includes('durable')
    ? names.filter((name) => name !== 'durable').map((name) => compare(rounds, name))
    : [];
  return {
    figures: { ...Object.fromEntries(figures), comparisons },
    ratios: Object.fromEntries(comparisons.map(({ ratio, value }) => [ratio, value])),
    table: [head, ...figures.map(([name, figure]) => rowOf(name, figure))],
    notes: [...comparisons.map(sentenceOf), explanation, ''],
  };
}

/** What the issue of this scenario asks for, and what it hopes for. */
const targets: Readonly<Record<string, { readonly atLeast: number; readonly aim: number }>> = {
  durable_over_memory: { atLeast: 0.7, aim: 0.85 },
  durable_over_echo: { atLeast: 0.4, aim: 0.7 },
};

const explanation =
  'Cores are busy cores in the measured time; "rest" is the database and everybody else.';

interface Figures {
  readonly acceptedPerSecond: Spread;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly serverCores: number;
  /** What one answer costs the server's process. */
  readonly serverMicrosecondsEach: number;
  readonly generatorCores: number;
  readonly restCores: number;
}

interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly rounds: readonly number[];
}

function figuresOf(rounds: readonly Round[]): Figures {
  const middle = (read: (round: Round) => number) => median(rounds.map(read));
  return {
    acceptedPerSecond: spreadOf(rounds.map(({ perSecond }) => perSecond)),
    p50Ms: middle(({ result }) => result.latency.p50),
    p95Ms: middle(({ result }) => result.latency.p95),
    p99Ms: middle(({ result }) => result.latency.p99),
    maxMs: middle(({ result }) => result.latency.max),
    serverCores: middle(({ usage }) => usage.server),
    serverMicrosecondsEach: middle(({ usage, perSecond }) => (usage.server / perSecond) * 1e6),
    generatorCores: middle(({ result }) => result.cores),
    restCores: middle(({ usage, result }) => usage.machine - usage.server - result.cores),
  };
}

interface Comparison extends Spread {
  readonly ratio: string;
  readonly value: number;
}

/** Of the same round, so that whatever else the machine did hit both. */
function compare(rounds: readonly Round[], other: ContestantName): Comparison {
  const others = roundsOf(rounds, other);
  const values = roundsOf(rounds, 'durable').map(
    ({ perSecond }, index) => perSecond / (others[index]?.perSecond ?? Number.NaN),
  );
  const spread = spreadOf(values);
  return { ratio: `durable_over_${other}`, value: spread.median, ...spread };
}

function sentenceOf({ ratio, value, min, max }: Comparison): string {
  const target = targets[ratio];
  const wanted = target ? ` (target ${target.atLeast}, aim ${target.aim}; on PostgreSQL)` : '';
  return `${ratio} ${value.toFixed(2)} from ${min.toFixed(2)} to ${max.toFixed(2)}${wanted}`;
}

const head = [
  'contestant',
  'accepted/s',
  'from',
  'to',
  'p50 ms',
  'p95',
  'p99',
  'max',
  'server cores',
  'µs each',
  'generator',
  'rest',
];

function rowOf(name: string, figures: Figures): string[] {
  const { acceptedPerSecond: rate, p50Ms, p95Ms, p99Ms, maxMs } = figures;
  const { serverCores, serverMicrosecondsEach, generatorCores, restCores } = figures;
  const numbers = [rate.median, rate.min, rate.max, p50Ms, p95Ms, p99Ms, maxMs];
  const cores = [serverCores, serverMicrosecondsEach, generatorCores, restCores];
  return [name, ...[...numbers, ...cores].map(shortNumber)];
}

function spreadOf(values: readonly number[]): Spread {
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    rounds: values,
  };
}

function roundsOf(rounds: readonly Round[], wanted: ContestantName): Round[] {
  return rounds.filter(({ name }) => name === wanted);
}
