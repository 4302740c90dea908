import { parseArgs } from 'node:util';
import { type ListedNode, listNodes } from '../src/store/node-list.ts';
import { runCommand } from './command.ts';
import { databaseHelp, withDatabase } from './operator-database.ts';
import { alignedTable } from './table.ts';

const help = `Usage: npm run nodes [-- --json]

Lists the processes that share this database: their names, how long their leases run, and how many
shows they own. A lease is prolonged four times a second; one that is over belongs to a process that
was stopped, is dead, or cannot reach the database.

  --json    the same for programs
  --help    this text

${databaseHelp}`;

await runCommand(async () => {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, help: { type: 'boolean' } },
  });
  if (values.help) return console.log(help);
  await withDatabase(async ({ database }) => {
    const nodes = await listNodes(database);
    console.log(values.json ? JSON.stringify(nodes) : tableOf(nodes));
  });
});

function tableOf(nodes: readonly ListedNode[]): string {
  if (nodes.length === 0) return 'No process has been here in the last minute: npm start';
  const head = ['name', 'state', 'shows', 'lease', 'process'];
  return alignedTable([head, ...nodes.map(rowOf)]);
}

function rowOf({ node, name, hasActors, isLeaving, leftMs, shows }: ListedNode): string[] {
  const state = isLeaving ? 'leaving' : hasActors ? 'serves shows' : 'no shows';
  const seconds = (leftMs / 1000).toFixed(1);
  return leftMs > 0
    ? [name, state, String(shows), `${seconds} s left`, node]
    : [name, 'gone', String(shows), `over for ${seconds.slice(1)} s`, node];
}
