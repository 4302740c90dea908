import { numberOf } from '../../../scripts/command.ts';
import { startFlags } from '../contestants/contestant.ts';
import type { Ground } from '../ground.ts';
import { Program } from '../program.ts';
import type {
  FromRecovery,
  History,
  HistoryPlan,
  Recovery,
  SnapshotPlace,
  ToRecovery,
} from '../recovery/messages.ts';
import { snapshotPlaces } from '../recovery/messages.ts';
import { saleInWords } from '../recovery/simulated-sale.ts';
import type { Check, Outcome } from '../report.ts';
import type { Scenario, ScenarioContext, ScenarioValues } from '../scenario.ts';
import { describeRecoveries, inWords, type Measured } from './recovery-figures.ts';

/**
 * A process takes over a show that another one has left: with its facts alone, and with a snapshot.
 * What it stands still meanwhile counts as much as how long it takes, because a process that
 * misses its heartbeats loses all its shows.
 */
export const recovery: Scenario = {
  summary: 'a show with a long history is taken over, with a snapshot and without',
  options: {
    facts: { value: 'N', standard: '1000000', help: 'facts in the journal' },
    days: { value: 'N', standard: '5', help: 'simulated days in which a million happen' },
    behind: { value: 'N', standard: '5000', help: 'facts behind the older snapshot' },
    rounds: { value: 'N', standard: '5', help: 'rounds; figures are medians over them' },
  },
  run,
};

type RecoveryProgram = Program<ToRecovery, FromRecovery>;

async function run(values: ScenarioValues, context: ScenarioContext): Promise<Outcome> {
  const number = (name: string, min: number, max: number) =>
    numberOf(String(values[name]), name, min, max);
  const rounds = number('rounds', 1, 100);
  const plan: HistoryPlan = {
    facts: number('facts', 1_000, 5_000_000),
    daysPerMillion: number('days', 1, 365),
    behindFacts: number('behind', 1, 1_000_000),
  };
  const history = await makeHistory(plan, context);
  const measured: Measured[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const places = Object.keys(snapshotPlaces) as SnapshotPlace[];
    // Whoever comes first in one round comes last in the next: a drift of the machine hits all.
    for (const snapshot of round % 2 === 0 ? places : places.toReversed()) {
      const recovery = await recoverOnce(history, snapshot, context);
      context.progress.say(`round ${round + 1} of ${rounds}: ${inWords({ snapshot, recovery })}`);
      measured.push({ snapshot, recovery });
    }
  }
  const { facts, rows, bytes, mix, holds, done } = history;
  const snapshots = context.ground.redisUrl === undefined ? 'a folder' : 'Redis';
  const described = describeRecoveries(history, measured);
  const kinds = Object.entries(mix).map(([type, count]) => `${count} ${type}`);
  return {
    settings: { ...plan, rounds, rows, factsPerRow: Math.round(facts / rows), snapshots },
    ...described,
    notes: [
      ...described.notes,
      `The sale: ${saleInWords}.`,
      `The journal: ${kinds.join(', ')}; ${Math.round(bytes / facts)} bytes each.`,
      `The state: ${holds} holds and ${done} commands are remembered.`,
      '',
    ],
    checks: checksOf(history, measured),
  };
}

async function makeHistory(plan: HistoryPlan, context: ScenarioContext): Promise<History> {
  return await inProgram(context.ground, async (program) => {
    program.on('appended', ({ facts }) => {
      context.progress.show(`${facts} of ${plan.facts} facts are in the journal …`);
    });
    program.send({ type: 'make_history', plan });
    return (await program.next('history')).history;
  });
}

async function recoverOnce(
  { event }: History,
  snapshot: SnapshotPlace,
  { ground, progress }: ScenarioContext,
): Promise<Recovery> {
  progress.show(`${snapshotPlaces[snapshot]} …`);
  return await inProgram(ground, async (program) => {
    program.send({ type: 'recover', event, snapshot });
    return (await program.next('recovered')).recovery;
  });
}

async function inProgram<T>(ground: Ground, work: (program: RecoveryProgram) => Promise<T>) {
  const program: RecoveryProgram = new Program({
    name: 'recovery',
    module: new URL('../recovery/program', import.meta.url),
    environment: {
      DATABASE_URL: ground.databaseUrl ?? '',
      REDIS_URL: ground.redisUrl ?? '',
      CLUSTER_PREFIX: ground.prefix,
      DATA_DIRECTORY: ground.dataDirectory,
    },
    flags: await startFlags(),
  });
  try {
    await program.next('ready');
    return await work(program);
  } finally {
    await program.stop();
  }
}

function checksOf(history: History, measured: readonly Measured[]): Check[] {
  return measured.map(({ snapshot, recovery: { digest, isFromSnapshot } }, index) => ({
    what: `recovery ${index + 1}: ${snapshotPlaces[snapshot]}, and the state is the same`,
    isKept: digest === history.digest && isFromSnapshot === (snapshot !== 'none'),
    found: `${digest.slice(0, 12)}, ${isFromSnapshot ? 'from' : 'without'} a snapshot`,
  }));
}
