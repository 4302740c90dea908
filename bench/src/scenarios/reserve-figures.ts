import type { ContestantName } from '../contestants/contestant.ts';
import { type Outcome, shortNumber } from '../report.ts';
import { median, type Spread, spreadOf } from '../samples.ts';
import type { Round } from './reserve-round.ts';

/** Medians over the rounds, and ratios between contestants of the same round. */
export function describeRounds(
  rounds: readonly Round[],
): Pick<Outcome, 'figures' | 'ratios' | 'table' | 'notes'> {
  const names = [...new Set(rounds.map(({ name }) => name))];
  const figures = names.map((name) => [name, figuresOf(roundsOf(rounds, name))] as const);
  const comparisons = pairs
    .filter((pair) => pair.every((name) => names.includes(name)))
    .map((pair) => compare(rounds, pair));
  return {
    figures: { ...Object.fromEntries(figures), comparisons },
    ratios: Object.fromEntries(comparisons.map(({ ratio, value }) => [ratio, value])),
    table: [head, ...figures.map(([name, figure]) => rowOf(name, figure))],
    notes: [...comparisons.map(sentenceOf), explanation, ''],
  };
}

/** Whose figure is divided by whose. */
const pairs: readonly (readonly [ContestantName, ContestantName])[] = [
  ['durable', 'memory'],
  ['durable', 'echo'],
  ['split', 'durable'],
];

/** What the issues of this scenario ask for, and what they hope for. */
const targets: Readonly<Record<string, { readonly atLeast: number; readonly aim?: number }>> = {
  durable_over_memory: { atLeast: 0.7, aim: 0.85 },
  durable_over_echo: { atLeast: 0.4, aim: 0.7 },
  split_over_durable: { atLeast: 0.7 },
};

const explanation =
  'Cores are busy cores in the measured time, by process (of "split": gateway + actors); "rest" is ' +
  'the database, NATS and everybody else.';

interface Figures {
  readonly acceptedPerSecond: Spread;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly serverCores: number;
  /** The same by process. */
  readonly processCores: Readonly<Record<string, number>>;
  /** What one answer costs all of them. */
  readonly serverMicrosecondsEach: number;
  readonly generatorCores: number;
  readonly restCores: number;
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
    processCores: processCoresOf(rounds),
    serverMicrosecondsEach: middle(({ usage, perSecond }) => (usage.server / perSecond) * 1e6),
    generatorCores: middle(({ result }) => result.cores),
    restCores: middle(({ usage, result }) => usage.machine - usage.server - result.cores),
  };
}

function processCoresOf(rounds: readonly Round[]): Readonly<Record<string, number>> {
  const names = Object.keys(rounds[0]?.usage.processes ?? {});
  const coresOf = (name: string) => median(rounds.map(({ usage }) => usage.processes[name] ?? 0));
  return Object.fromEntries(names.map((name) => [name, coresOf(name)]));
}

interface Comparison extends Spread {
  readonly ratio: string;
  readonly value: number;
}

/** Of the same round, so that whatever else the machine did hit both. */
function compare(
  rounds: readonly Round[],
  [one, other]: readonly [ContestantName, ContestantName],
): Comparison {
  const others = roundsOf(rounds, other);
  const values = roundsOf(rounds, one).map(
    ({ perSecond }, index) => perSecond / (others[index]?.perSecond ?? Number.NaN),
  );
  const spread = spreadOf(values);
  return { ratio: `${one}_over_${other}`, value: spread.median, ...spread };
}

function sentenceOf({ ratio, value, min, max }: Comparison): string {
  const target = targets[ratio];
  const aim = target?.aim === undefined ? '' : `, aim ${target.aim}`;
  const wanted = target ? ` (target ${target.atLeast}${aim}; on PostgreSQL)` : '';
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
  const { processCores, serverMicrosecondsEach, generatorCores, restCores } = figures;
  const numbers = [rate.median, rate.min, rate.max, p50Ms, p95Ms, p99Ms, maxMs];
  const others = [serverMicrosecondsEach, generatorCores, restCores];
  const cores = Object.values(processCores).map(shortNumber).join(' + ');
  return [name, ...numbers.map(shortNumber), cores, ...others.map(shortNumber)];
}

function roundsOf(rounds: readonly Round[], wanted: ContestantName): Round[] {
  return rounds.filter(({ name }) => name === wanted);
}
