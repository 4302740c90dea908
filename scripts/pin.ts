import { parseArgs } from 'node:util';
import type { Database } from '../src/store/database.ts';
import { type ListedNode, listNodes } from '../src/store/node-list.ts';
import { listPins, type NamedPin, pin, unpin } from '../src/store/operators.ts';
import { runCommand, unclear } from './command.ts';
import { databaseHelp, showNamed, withDatabase } from './operator-database.ts';

const help = `Usage: npm run pin -- SHOW --node NAME [--alone]
       npm run pin -- SHOW --remove
       npm run pin -- --list [--json]

Says on which node a show is to live, before its sale opens for instance. The nodes move it there
within seconds, without an error for anybody. While no node of that name runs, the show lives where
any other would.

  SHOW              its id or its slug, as /v1/shows lists them
  --node NAME       the NODE_NAME of the node
  --alone           no show that is not pinned there lives on that node
  --remove          lets the show live anywhere again
  --list            every pin
  --json            the list as JSON
  --help            this text

${databaseHelp}`;

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: {
      node: { type: 'string' },
      alone: { type: 'boolean', default: false },
      remove: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  if (values.help) return console.log(help);
  const { node, alone, remove, list, json } = values;
  const [show, ...others] = positionals;
  const wishes = [node !== undefined, remove, list].filter(Boolean).length;
  const isClear = wishes === 1 && others.length === 0 && (show === undefined) === list;
  if (!isClear || node === '' || (alone && node === undefined)) {
    throw unclear(help, 'Give a show and one of --node and --remove, or --list alone.');
  }
  await withDatabase(async ({ database }) => {
    if (show === undefined) console.log(textOf(await listPins(database), json));
    else if (node === undefined) console.log(await removePin(database, show));
    else console.log(await setPin(database, show, node, alone));
  });
});

async function setPin(database: Database, show: string, name: string, isAlone: boolean) {
  const { event, slug } = await showNamed(database, show);
  await pin(database, { event, name, isAlone });
  const done = `${slug} is to live on ${name}${isAlone ? ', alone' : ''}.`;
  const nodes = await listNodes(database);
  const names = nodes.filter(canServe).map((each) => each.name);
  if (names.includes(name)) return done;
  const running = names.length === 0 ? 'none does' : `these do: ${names.join(', ')}`;
  return `${done}\nNo node of that name runs now; ${running}.`;
}

function canServe({ hasActors, isLeaving, leftMs }: ListedNode): boolean {
  return hasActors && !isLeaving && leftMs > 0;
}

async function removePin(database: Database, show: string): Promise<string> {
  const { event, slug } = await showNamed(database, show);
  const wasPinned = await unpin(database, event);
  return wasPinned ? `${slug} may live anywhere.` : `${slug} was not pinned.`;
}

function textOf(pins: readonly NamedPin[], isJson: boolean): string {
  if (isJson) return JSON.stringify(pins);
  if (pins.length === 0) return 'No show is pinned.';
  const lines = pins.map(
    ({ slug, name, isAlone }) => `${slug}\t${name}${isAlone ? '\talone' : ''}`,
  );
  return lines.join('\n');
}
