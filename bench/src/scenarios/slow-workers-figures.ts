import { type Check, countsText, type Outcome, shortNumber } from '../report.ts';
import { median, type Spread, type Summary, spreadOf } from '../samples.ts';
import type { SlowRun, SlowWorkersSettings } from './slow-workers-run.ts';

/** What the issue of this scenario asks for. */
const p99RatioMax = 1.5;

type Described = Pick<Outcome, 'figures' | 'ratios' | 'table' | 'notes'>;

/** Medians of each side, and the ratio of the two p99 of each pair. */
export function describeSlowWorkers(runs: readonly SlowRun[], tasks: number): Described {
  const sides = { alone: runsOf(runs, 'alone'), slow: runsOf(runs, 'slow') };
  const ratios = p99Ratios(runs);
  const figures = { alone: figuresOf(sides.alone), slow: figuresOf(sides.slow) };
  return {
    figures: { ...figures, p99Ratios: ratios },
    ratios: { slow_workers_p99_over_alone: ratios.median },
    table: [
      head,
      rowOf('alone', figures.alone),
      rowOf(`beside slow workers, ${tasks} tasks waiting`, figures.slow),
    ],
    notes: [
      `p99 beside slow workers over alone: ${spreadText(ratios)} (target at most ${p99RatioMax})`,
      `the pairs: ${ratios.rounds.map((ratio) => ratio.toFixed(2)).join(', ')}`,
      noiseText(figures),
      ...workersTexts(sides.slow),
      explanation,
    ],
  };
}

const explanation =
  'Latencies count from the time a reservation should have left; "late" is the p99 of what the ' +
  'generator itself was late. Cores are busy cores over the whole load; "rest" is the database, ' +
  'the broker and everybody else on this machine.';

/** Of the runs of the same pair: whatever else the machine did then hit both. */
export function p99Ratios(runs: readonly SlowRun[]): Spread {
  const p99Of = (wanted: SlowRun['side']) => runsOf(runs, wanted).map(p99In);
  const alone = p99Of('alone');
  return spreadOf(p99Of('slow').map((p99, pair) => p99 / (alone[pair] ?? 0)));
}

function p99In({ result }: SlowRun): number {
  return result.latency.p99;
}

/** A ratio of several pairs as one would say it. */
export function spreadText({ median: value, min, max }: Spread): string {
  return `${value.toFixed(2)} from ${min.toFixed(2)} to ${max.toFixed(2)}`;
}

interface Figures {
  readonly latency: Omit<Summary, 'count'>;
  readonly p99: Spread;
  readonly latenessP99Ms: number;
  readonly serverCores: number;
  readonly workersCores: number;
  readonly generatorCores: number;
  readonly restCores: Spread;
}

function figuresOf(runs: readonly SlowRun[]): Figures {
  const middle = (read: (run: SlowRun) => number) => median(runs.map(read));
  const latency = (read: (summary: Summary) => number) => middle((run) => read(run.result.latency));
  return {
    latency: {
      p50: latency(({ p50 }) => p50),
      p95: latency(({ p95 }) => p95),
      p99: latency(({ p99 }) => p99),
      max: latency(({ max }) => max),
    },
    p99: spreadOf(runs.map(({ result }) => result.latency.p99)),
    latenessP99Ms: middle(({ result }) => result.lateness.p99),
    serverCores: middle(({ usage }) => usage.processes.server ?? 0),
    workersCores: middle(({ usage }) => usage.processes.workers ?? 0),
    generatorCores: middle(({ result }) => result.cores),
    restCores: spreadOf(
      runs.map(({ usage, result }) => usage.machine - usage.server - result.cores),
    ),
  };
}

const head = [
  '',
  'p50 ms',
  'p95',
  'p99',
  'from',
  'to',
  'max',
  'late',
  'server',
  'workers',
  'generator',
  'rest',
];

function rowOf(name: string, figures: Figures): string[] {
  const { latency, p99, latenessP99Ms, serverCores, workersCores } = figures;
  const { generatorCores, restCores } = figures;
  const latencies = [latency.p50, latency.p95, latency.p99, p99.min, p99.max, latency.max];
  const cores = [serverCores, workersCores, generatorCores, restCores.median];
  return [name, ...[...latencies, latenessP99Ms, ...cores].map(shortNumber)];
}

function noiseText({ alone, slow }: Readonly<Record<SlowRun['side'], Figures>>): string {
  const noise = [alone, slow].map(({ restCores }) => spreadText(restCores));
  return `cores of everybody else: ${noise[0]} alone, ${noise[1]} beside the workers`;
}

/** What the workers did meanwhile. */
function workersTexts(slow: readonly SlowRun[]): string[] {
  const seen = slow.flatMap(({ workers }) => workers ?? []);
  if (seen.length === 0) return [];
  const middle = (read: (each: (typeof seen)[number]) => number) =>
    shortNumber(median(seen.map(read)));
  return [
    `the workers: ${middle(({ waiting }) => waiting)} tasks waited before, ` +
      `${middle(({ told }) => told.waiting)} after, ${middle(takenIn)} were in hand; ` +
      `read models p95 ${middle(({ told }) => told.projector.p95)} ms behind`,
  ];
}

function takenIn({ told }: NonNullable<SlowRun['workers']>): number {
  return Object.values(told.taken).reduce((sum, count) => sum + count, 0);
}

function runsOf(runs: readonly SlowRun[], wanted: SlowRun['side']): SlowRun[] {
  return runs.filter(({ side }) => side === wanted).toSorted((a, b) => a.pair - b.pair);
}

/** What must hold of a run whatever its speed. */
export function runChecks(run: SlowRun, settings: SlowWorkersSettings): Check[] {
  return [...answerChecks(run, settings), ...workersChecks(run, settings)];
}

function answerChecks(
  { side, pair, result, history }: SlowRun,
  { perSecond, warmUpSeconds, seconds }: SlowWorkersSettings,
): Check[] {
  const { accepted, rejected, unexpected, unanswered } = result;
  const others = { ...rejected, ...unexpected, ...(unanswered > 0 && { unanswered }) };
  const wanted = perSecond * (warmUpSeconds + seconds);
  const missing = accepted.filter((id) => !history.holds.has(id)).length;
  return [
    {
      what: `${side} ${pair + 1}: everything is accepted`,
      isKept: Object.keys(others).length === 0 && accepted.length === wanted,
      found: `${accepted.length} of ${wanted}${countsText(others)}`,
    },
    {
      what: `${side} ${pair + 1}: what was acknowledged is in the journal after the crash, and nothing twice`,
      isKept: missing === 0 && history.violations.length === 0,
      found: history.violations[0] ?? `${history.holds.size} in the journal, ${missing} missing`,
    },
  ];
}

function workersChecks(
  { side, pair, workers }: SlowRun,
  { tasks }: Pick<SlowWorkersSettings, 'tasks'>,
): Check[] {
  if (workers === undefined) return [];
  const taken = takenIn(workers);
  return [
    {
      what: `${side} ${pair + 1}: the tasks waited all the time, and the workers were at it`,
      isKept: workers.waiting >= tasks && workers.told.waiting >= tasks - taken && taken > 0,
      found: `${workers.waiting} before, ${workers.told.waiting} after, ${taken} in hand`,
    },
  ];
}
