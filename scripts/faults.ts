import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Ground } from '../test/faults/ground.ts';
import { play, type Result, tell } from '../test/faults/run.ts';
import type { Effort, Scenario } from '../test/faults/scenario.ts';
import { scenarios, shortScenarios } from '../test/faults/scenarios.ts';
import { numberOf, runCommand, UsageError } from './command.ts';
import { mayInstall } from './debian-packages.ts';
import { Progress } from './progress.ts';

const help = `Usage: npm run faults -- [--only F1,F3] [--short] [--repeats N] [--seed N] [--json FILE]

Starts nodes as processes of their own, with a PostgreSQL, a NATS and a Redis of this run, lets
people buy at a fixed rate, and breaks something. Everything a client was told is on the disk, and
is held against the journal when everything has healed.

  --only LIST    these faults, by their numbers
  --short        ${shortScenarios.join(', ')}, once each
  --repeats N    how often a fault is repeated whose time is measured (10)
  --orders N     how many orders each fault about orders has (250)
  --seed N       decides who wishes what and when; told at the end
  --json FILE    write what was found there too
  --keep         keep histories and logs though all went well
  --list         what there is
  --help         this text

It ends with 1 if a promise was broken, or if a fault could not be shown to have taken place.
With CI=true, as root, what is missing is installed, and what cannot be is a failure.`;

/** Of each fault about orders: eight of them make two thousand. */
const ordersUsual = 250;
const ordersShort = 60;

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      short: { type: 'boolean', default: false },
      repeats: { type: 'string', default: '10' },
      orders: { type: 'string', default: `${ordersUsual}` },
      seed: { type: 'string' },
      json: { type: 'string' },
      keep: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(help);
  if (values.list) return console.log(listOf(scenarios));
  const repeats = values.short ? 1 : numberOf(values.repeats, 'repeats', 1, 1_000);
  const orders = values.short ? ordersShort : numberOf(values.orders, 'orders', 20, 10_000);
  const seed = numberOf(values.seed ?? `${randomInt(2 ** 31)}`, 'seed', 0, 2 ** 31);
  const chosen = values.short ? chosenBy(shortScenarios) : chosenBy(values.only?.split(','));
  const ground = await Ground.open({ seed, mayInstall: mayInstall(process.env) });
  endOnSignal(ground);
  const results = await playAll(chosen, ground, { repeats, orders });
  const isKept = results.every(isGood);
  await ground.close({ keepsArtefacts: !isKept || values.keep });
  console.log(verdictOf(results, ground, isKept || values.keep));
  if (values.json !== undefined) {
    await writeFile(
      values.json,
      `${JSON.stringify({ seed, repeats, orders, results }, null, 2)}\n`,
    );
  }
  process.exit(isKept ? 0 : 1);
});

async function playAll(
  chosen: readonly Scenario[],
  ground: Ground,
  effort: Effort,
): Promise<Result[]> {
  const progress = new Progress();
  const results: Result[] = [];
  for (const [index, scenario] of chosen.entries()) {
    const begunAt = performance.now();
    const screen = setInterval(() => {
      const seconds = Math.round((performance.now() - begunAt) / 1000);
      progress.show(
        `${index + 1} of ${chosen.length}: ${scenario.id} ${scenario.title}, ${seconds} s`,
      );
    }, 500);
    const result = await play(scenario, ground, effort);
    clearInterval(screen);
    progress.end();
    console.log(tell(result));
    results.push(result);
  }
  return results;
}

/** @throws {UsageError} there is no such fault */
function chosenBy(ids: readonly string[] = scenarios.map(({ id }) => id)): Scenario[] {
  return ids.map((id) => {
    const scenario = scenarios.find((each) => each.id === id.trim().toUpperCase());
    if (scenario === undefined) throw new UsageError(`There is no fault ${id}: see --list.`);
    return scenario;
  });
}

function listOf(all: readonly Scenario[]): string {
  return all.map(({ id, title }) => `${id.padEnd(4)} ${title}`).join('\n');
}

/** In CI nothing may be left out. */
function isGood({ verdict }: Result): boolean {
  return verdict === 'kept' || (verdict === 'missing' && process.env.CI !== 'true');
}

function verdictOf(results: readonly Result[], ground: Ground, isQuiet: boolean): string {
  const count = (verdict: Result['verdict']) =>
    results.filter((result) => result.verdict === verdict).length;
  const missing = count('missing') === 0 ? '' : `, ${count('missing')} not possible here`;
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
  return [
    '',
    `${count('kept')} kept, ${count('broken')} broken${missing}, in ${Math.round(seconds)} s`,
    `repeat it with: npm run faults -- --seed ${ground.seed}`,
    ...(isQuiet ? [] : [`histories and logs are in ${ground.directory}`]),
  ].join('\n');
}

/** Servers and nodes end with this process; directories of servers too. */
function endOnSignal(ground: Ground): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void ground.close({ keepsArtefacts: false }).finally(() => process.exit(130));
    });
  }
}
