import { parseArgs } from 'node:util';
import type { OpenDatabase } from '../src/store/database.ts';
import { DatabaseJournal } from '../src/store/journal.ts';
import { unseal } from '../src/store/operators.ts';
import { runCommand, unclear } from './command.ts';
import { flawOf } from './history-flaw.ts';
import { databaseHelp, showNamed, withDatabase } from './operator-database.ts';

const help = `Usage: npm run unseal -- SHOW [--yes] [--json]

Opens a show again that was sealed because its history did not add up. Reads the history from its
beginning first and says what is wrong with it.

  SHOW              its id or its slug, as /v1/shows lists them
  --yes             opens it although its history is broken. With a snapshot from behind the flaw it
                    goes on selling, and no alarm comes until a worker is started again; without
                    one, the next node that wakes it seals it again
  --json            the result as JSON
  --help            this text

${databaseHelp}

It ends with 1 if the show stays sealed.`;

interface Verdict {
  readonly event: string;
  readonly slug: string;
  /** Null when the history adds up. */
  readonly flaw: string | null;
  readonly became: 'open' | 'sealed' | 'was_open';
}

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: {
      yes: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  if (values.help) return console.log(help);
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0)
    throw unclear(help, 'Give one show, by its slug or its id.');
  await withDatabase(async (open) => {
    const verdict = await judge(open, name, values.yes);
    console.log(values.json ? JSON.stringify(verdict) : sentenceOf(verdict));
    if (verdict.became === 'sealed') process.exitCode = 1;
  });
});

async function judge(open: OpenDatabase, name: string, isSure: boolean): Promise<Verdict> {
  const journal = new DatabaseJournal(open);
  const { event, slug } = await showNamed(open.database, name);
  const flaw = (await flawOf(journal, event)) ?? null;
  const head = await journal.head(event);
  if (!head?.isSealed) return { event, slug, flaw, became: 'was_open' };
  if (flaw !== null && !isSure) return { event, slug, flaw, became: 'sealed' };
  await unseal(open.database, event);
  return { event, slug, flaw, became: 'open' };
}

function sentenceOf({ slug, flaw, became }: Verdict): string {
  const finding = flaw === null ? 'Its history adds up.' : `Its history does not add up: ${flaw}`;
  switch (became) {
    case 'was_open':
      return `${slug} is not sealed. ${finding}`;
    case 'open':
      return `${slug} is open again. ${finding}`;
    case 'sealed':
      return `${slug} stays sealed. ${finding}\nnpm run unseal -- ${slug} --yes opens it all the same.`;
  }
}
