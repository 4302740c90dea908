import { parseArgs } from 'node:util';
import { JournalUnavailableError } from '../src/ports/journal.ts';
import { DatabaseCatalog } from '../src/store/catalog.ts';
import type { OpenDatabase } from '../src/store/database.ts';
import { DatabaseJournal } from '../src/store/journal.ts';
import { type AuditedShow, auditShows } from './audit/audited-show.ts';
import { plainReport } from './audit/plain-report.ts';
import { runCommand } from './command.ts';
import { databaseHelp, showNamed, withDatabase } from './operator-database.ts';
import { Progress } from './progress.ts';

const help = `Usage: npm run audit [-- SHOW …] [--json]

Counts the history of every show again, by rules that share nothing with those that sell: nothing
oversold at any fact, no hold made or ended twice, none that ended at a wrong time, one writer at a
time, no row changed or missing. Only reads; shows may be on sale meanwhile.

  SHOW …            only these: ids or slugs, as /v1/shows lists them
  --json            the result as JSON
  --help            this text

${databaseHelp}

It ends with 1 if a promise is broken, and with 2 if it could not read everything.`;

/** A look at the clock and a line of progress now and then, and only when it takes long. */
const progressAfterMs = 2_000;
/** Names of shows that are read at once; the others are called by their ids. */
const namesMax = 10_000;

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: { json: { type: 'boolean', default: false }, help: { type: 'boolean' } },
    allowPositionals: true,
  });
  if (values.help) return console.log(help);
  await withDatabase(async (open) => {
    const begunAt = performance.now();
    const shows = await audited(open, positionals).catch((failure: unknown) => {
      // What the database said is what the operator can act on.
      throw failure instanceof JournalUnavailableError ? failure.cause : failure;
    });
    const ms = performance.now() - begunAt;
    console.log(values.json ? JSON.stringify({ shows, ms }) : plainReport(shows, ms));
    if (shows.some(({ violations }) => violations.length > 0)) process.exitCode = 1;
  });
}, 2);

async function audited(open: OpenDatabase, wanted: readonly string[]): Promise<AuditedShow[]> {
  const journal = new DatabaseJournal(open);
  const names = await namesOf(open);
  const events = await Promise.all(wanted.map((name) => showNamed(open.database, name)));
  const only = wanted.length === 0 ? undefined : events.map(({ event }) => event);
  const progress = new Progress();
  const begunAt = performance.now();
  let facts = 0;
  const shows: AuditedShow[] = [];
  const onFacts = (count: number): void => {
    facts += count;
    if (performance.now() - begunAt < progressAfterMs) return;
    progress.show(`${shows.length} shows, ${facts} facts counted …`);
  };
  for await (const show of auditShows(journal, only, onFacts)) {
    shows.push({ ...show, slug: names.get(show.event) ?? show.event });
  }
  progress.end();
  return shows;
}

async function namesOf({ database }: OpenDatabase): Promise<Map<string, string>> {
  const shows = await new DatabaseCatalog(database).upcoming(0, namesMax);
  return new Map(shows.map(({ id, slug }) => [id, slug]));
}
