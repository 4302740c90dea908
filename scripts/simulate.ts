import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type CrewOptions, crewSize, runCrew } from '../test/simulation/crew.ts';
import { type Trouble, troubles } from '../test/simulation/knobs.ts';
import { huntMutants, type Trial } from '../test/simulation/mutation.ts';
import { simulate } from '../test/simulation/simulate.ts';
import { scheduleOf } from '../test/simulation/trace.ts';
import type { Verdict } from '../test/simulation/worker.ts';
import type { WorldOptions } from '../test/simulation/world.ts';
import { numberOf, runCommand, UsageError } from './command.ts';
import { Progress } from './progress.ts';

const help = `Usage: npm run simulate -- [--seeds N] [--from S] [--nodes N] [--troubles LIST] [--json]
       npm run simulate -- --seed S [--nodes N] [--troubles LIST] [--json]
       npm run simulate -- --mutants [--sample N] [--seeds N] [--json]

Runs the production actors, leases, routing and journal client under virtual time, with crashes,
pauses, partitions, lost replies and steps of the clock, and holds every answer against the journal.

  --seeds N     how many seeds (200; with --mutants at most 5000 for each)
  --from S      the first one (1)
  --seed S      only this one, with its timeline
  --nodes N     how many processes serve, 1 to 3 (drawn by each seed)
  --troubles L  what goes wrong, divided by commas (drawn by each seed): ${troubles.join(', ')}
  --mutants     breaks the code in every known way, and says which seed notices it
  --sample N    only so many of them, from everywhere among them; which ones depends on --from
  --json        the result as JSON
  --help        this text

It ends with 1 if a promise was broken, or if a broken code kept them all.`;

const dist = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const seedMax = Number.MAX_SAFE_INTEGER;
/** Of a mutant's timeline, and of what a seed broke. */
const scheduleLines = 15;
const sentencesMax = 5;

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      nodes: { type: 'string' },
      troubles: { type: 'string' },
      mutants: { type: 'boolean', default: false },
      sample: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(help);
  const from = numberOf(values.from, 'from', 0, seedMax);
  const seeds = (otherwise: string) => numberOf(values.seeds ?? otherwise, 'seeds', 1, 1e9);
  const nodes = values.nodes === undefined ? undefined : numberOf(values.nodes, 'nodes', 1, 3);
  const fixed = { nodes, troubles: values.troubles?.split(',').map(troubleOf) };
  const isJson = values.json;
  const sample = numberOf(values.sample ?? '1000', 'sample', 1, 1_000);
  if (values.mutants) await runMutants({ from, count: seeds('5000'), sample, ...fixed }, isJson);
  else if (values.seed === undefined)
    await runSeeds({ from, count: seeds('200'), ...fixed }, isJson);
  else await runSeed({ seed: numberOf(values.seed, 'seed', 0, seedMax), ...fixed }, isJson);
});

/** What is not left to the seed. */
type Fixed = Pick<WorldOptions, 'nodes' | 'troubles'>;
type Range = Fixed & Pick<CrewOptions, 'from' | 'count'>;

/** @throws {UsageError} */
function troubleOf(name: string): Trouble {
  const trouble = troubles.find((each) => each === name.trim());
  if (trouble !== undefined) return trouble;
  throw new UsageError(`--troubles is a list of these: ${troubles.join(', ')}`);
}

/** Many seeds, on all cores. */
async function runSeeds(range: Range, isJson: boolean): Promise<void> {
  const begun = performance.now();
  const verdicts: Verdict[] = [];
  const failures: Verdict[] = [];
  const progress = new Progress();
  const rate = () => Math.round((verdicts.length / (performance.now() - begun)) * 60_000);
  const screen = setInterval(() => {
    const done = `${verdicts.length} of ${range.count} seeds, ${failures.length} failed`;
    progress.show(`${done}, ${rate()} a minute`);
  }, 200);
  await runCrew({
    ...range,
    program: path.join(dist, 'test/simulation/worker.js'),
    workers: crewSize,
    isUntilFailure: false,
    onVerdict: (verdict) => {
      verdicts.push(verdict);
      if (verdict.violations.length === 0) return;
      failures.push(verdict);
      progress.end();
      if (!isJson) tellFailure(verdict, range);
    },
  });
  clearInterval(screen);
  const virtualMs = verdicts.reduce((sum, verdict) => sum + verdict.virtualMs, 0);
  const speedup = Math.round(virtualMs / (performance.now() - begun));
  progress.say(`${rate()} seeds a minute, ${speedup} times as fast as real time`);
  const passed = verdicts.length - failures.length;
  conclude(passed, failures, isJson && { seedsPerMinute: rate(), speedup });
}

/** One seed, told step by step. */
async function runSeed(options: WorldOptions, isJson: boolean): Promise<void> {
  const outcome = await simulate(options);
  const failures = outcome.violations.length > 0 ? [outcome] : [];
  if (!isJson) {
    for (const line of outcome.timeline) console.log(line);
    for (const failure of failures) tellFailure(failure, options);
  }
  conclude(1 - failures.length, failures, isJson && { hash: outcome.hash });
}

/** Every known mistake must be noticed; if one is not, the checks are at fault. */
async function runMutants(
  range: Range & { readonly sample: number },
  isJson: boolean,
): Promise<void> {
  const trials: Trial[] = [];
  const progress = new Progress();
  await huntMutants({ ...range, dist, workers: crewSize }, (trial) => {
    trials.push(trial);
    if (isJson) progress.show(`${trials.length} mutants tried`);
    else tellTrial(trial);
  });
  progress.end();
  const caught = trials.filter(({ killer }) => killer !== undefined).length;
  const mutants = trials.map(({ mutant: { name }, seeds, killer }) => {
    return { name, seeds, seed: killer?.seed, violation: killer?.violations[0]?.sentence };
  });
  if (isJson) console.log(JSON.stringify({ caught, mutants }));
  else console.log(`${caught} of ${trials.length} mutants caught`);
  if (caught < trials.length) process.exitCode = 1;
}

type Failure = Pick<Verdict, 'seed' | 'violations'>;

function tellFailure({ seed, violations }: Failure, fixed: Fixed): void {
  const sentences = violations.map(({ sentence }) => sentence);
  console.log(`seed ${seed} failed: ${sentences.slice(0, sentencesMax).join('\n  ')}`);
  const others = sentences.length - sentencesMax;
  if (others > 0) console.log(`  and ${others} more`);
  console.log(`  repeat it with: npm run simulate -- --seed ${seed}${inWords(fixed)}`);
}

/** As options of this command. */
function inWords({ nodes, troubles }: Fixed): string {
  const wanted = troubles === undefined ? '' : ` --troubles "${troubles.join(',')}"`;
  return nodes === undefined ? wanted : `${wanted} --nodes ${nodes}`;
}

function tellTrial({ mutant, seeds, killer, obstacle }: Trial): void {
  const [violation] = killer?.violations ?? [];
  if (killer === undefined || violation === undefined) {
    return console.log(`${mutant.name}: NOT CAUGHT, ${obstacle ?? `in ${seeds} seeds`}\n`);
  }
  const { troubles } = mutant;
  const weather = troubles === undefined ? '' : `, in ${troubles.join(' and ')}`;
  console.log(`${mutant.name}: caught by seed ${killer.seed}${weather}`);
  console.log(`  ${violation.sentence}`);
  const schedule = scheduleOf(killer.timeline, violation, scheduleLines);
  console.log(`${schedule.map((line) => `    ${line}`).join('\n')}\n`);
}

function conclude(passed: number, failures: readonly Failure[], json: object | false): void {
  const failed = failures.length;
  if (json) {
    const told = failures.map(({ seed, violations }) => ({ seed, violations }));
    console.log(JSON.stringify({ passed, failed, failures: told, ...json }));
  } else {
    console.log(`${passed} passed, ${failed} failed`);
  }
  if (failed > 0) process.exitCode = 1;
}
