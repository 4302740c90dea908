import { parseArgs } from 'node:util';
import type { Database } from '../src/store/database.ts';
import { raiseGeneration } from '../src/store/operators.ts';
import { runCommand, unclear } from './command.ts';
import { databaseHelp, showNamed, withDatabase } from './operator-database.ts';

const help = `Usage: npm run generation -- --raise SHOW | --all [--json]

To be run after a restore that may have lost facts, before the first node starts. Raises the
generation, so that nothing told before the restore is confused with what is told after it: screens
load the show anew, snapshots are ignored. Whoever still has a show in memory is shut out.

  --raise SHOW      one show: its id or its slug, as /v1/shows lists them
  --all             every show
  --json            the result as JSON
  --help            this text

${databaseHelp}`;

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      raise: { type: 'string' },
      all: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(help);
  const isClear = (values.raise === undefined) === values.all;
  if (!isClear) throw unclear(help, 'Which shows? --raise SLUG or --all.');
  await withDatabase(async ({ database }) => {
    const raised = await raise(database, values.raise);
    const sentence = `The generation of ${raised} ${raised === 1 ? 'show' : 'shows'} is raised.`;
    console.log(values.json ? JSON.stringify({ raised }) : sentence);
  });
});

async function raise(database: Database, name: string | undefined): Promise<number> {
  if (name === undefined) return await raiseGeneration(database, null);
  const { event } = await showNamed(database, name);
  return await raiseGeneration(database, event);
}
