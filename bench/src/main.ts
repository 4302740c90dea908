import { runCommand } from '../../scripts/command.ts';
import { Progress } from '../../scripts/progress.ts';
import { wishOf } from './command-line.ts';
import { openGround } from './ground.ts';
import { describeMachine, readCommit } from './machine.ts';
import { measurePace } from './pace.ts';
import { endPrograms } from './program.ts';
import { type Report, textOf, writeJson } from './report.ts';
import type { Scenario, ScenarioValues } from './scenario.ts';

await runCommand(async () => {
  const wish = wishOf(process.argv.slice(2));
  if ('help' in wish) return console.log(wish.help);
  const { name, scenario, values } = wish;
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
