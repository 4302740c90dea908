import { parseArgs } from 'node:util';
import { runCommand, UsageError } from '../../scripts/command.ts';
import { Progress } from '../../scripts/progress.ts';
import { openGround } from './ground.ts';
import { describeMachine, readCommit } from './machine.ts';
import { measurePace } from './pace.ts';
import { endPrograms } from './program.ts';
import { type Report, textOf, writeJson } from './report.ts';
import type { Scenario, ScenarioOption, ScenarioValues } from './scenario.ts';
import { checkin } from './scenarios/checkin.ts';
import { gates } from './scenarios/gates.ts';
import { issue } from './scenarios/issue.ts';
import { opening } from './scenarios/opening.ts';
import { recovery } from './scenarios/recovery.ts';
import { reserve } from './scenarios/reserve.ts';
import { sameTicket } from './scenarios/same-ticket.ts';

/** Everything that can be measured. */
const scenarios: Readonly<Record<string, Scenario>> = {
  reserve,
  opening,
  recovery,
  issue,
  checkin,
  'same-ticket': sameTicket,
  gates,
};

/** What every scenario takes besides its own options. */
const common: Readonly<Record<string, ScenarioOption>> = {
  embedded: { help: 'on the embedded database, even if PostgreSQL answers' },
  json: { value: 'FILE', help: 'write the report there too' },
  help: { help: 'this text' },
};

await runCommand(async () => {
  const [name, ...words] = process.argv.slice(2);
  if (name === undefined || name === '--help') return console.log(help());
  const scenario = scenarios[name];
  if (scenario === undefined) throw new UsageError(`There is no scenario ${name}.\n\n${help()}`);
  const values = valuesOf(scenario, words);
  if (values.help === true) return console.log(helpOf(name, scenario));
  const report = await measure(name, scenario, values);
  console.log(textOf(report));
  if (values.json !== undefined) await writeJson(String(values.json), report);
  if (!report.outcome.checks.every(({ isKept }) => isKept)) process.exitCode = 1;
});

async function measure(name: string, scenario: Scenario, values: ScenarioValues): Promise<Report> {
  const progress = new Progress();
  const ground = await openGround(values.embedded === true);
  const leave = async (): Promise<void> => {
    await endPrograms();
    await ground.close();
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void leave());
  try {
    const machine = describeMachine(ground.database);
    const pace = await measurePace();
    const outcome = await scenario.run(values, { ground, progress });
    return { scenario: name, machine, pace, commit: readCommit(), outcome };
  } finally {
    progress.end();
    await ground.close();
  }
}

function valuesOf({ options }: Scenario, args: string[]): ScenarioValues {
  const all = Object.entries({ ...options, ...common });
  const config = all.map(([name, { value, standard }]) => {
    const type = value === undefined ? ('boolean' as const) : ('string' as const);
    return [name, standard === undefined ? { type } : { type, default: standard }] as const;
  });
  return parseArgs({ args, options: Object.fromEntries(config) }).values as ScenarioValues;
}

function help(): string {
  const list = Object.entries(scenarios).map(
    ([name, { summary }]) => `  ${name.padEnd(13)}${summary}`,
  );
  return `Usage: npm run bench -- SCENARIO [options]

Measures the product on this machine, against peers in the same run where there are any. Runs on
the PostgreSQL of TEST_DATABASE_URL or of the standard port, in a database of its own, else on the
embedded one. Everything stays on the loopback; it fails when a check fails, not when it is slow.

${list.join('\n')}

  npm run bench -- SCENARIO --help   its options`;
}

function helpOf(name: string, { summary, options }: Scenario): string {
  const lines = Object.entries({ ...options, ...common }).map(
    ([option, { value, standard, help }]) => {
      const left = `--${option}${value === undefined ? '' : ` ${value}`}`;
      return `  ${left.padEnd(22)}${help}${standard === undefined ? '' : ` (${standard})`}`;
    },
  );
  return `Usage: npm run bench -- ${name} [options]\n\n${summary}\n\n${lines.join('\n')}`;
}
