import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type EventId, unpack } from '@ingressou/protocol';
import type { Fact } from '../src/domain/facts.ts';
import type { Journal } from '../src/ports/journal.ts';
import { DatabaseJournal } from '../src/store/journal.ts';
import { runCommand, UsageError, unclear } from './command.ts';
import { databaseHelp, showNamed, withDatabase } from './operator-database.ts';

const help = `Usage: npm run journal -- SHOW

Prints everything that happened to a show, one fact per line: its number, its time (UTC) and the
fact as JSON, separated by tabs. Only reads.

  SHOW              its id or its slug, as /v1/shows lists them
  --help            this text

${databaseHelp}`;

/** The facts of a show as lines of text, oldest first. */
export async function* linesOf(journal: Journal, event: EventId): AsyncIterable<string> {
  const head = await journal.head(event);
  if (head === undefined) throw new UsageError(`There is no show ${event}.`);
  for await (const { position, at, facts } of journal.read(event, 0, head.position)) {
    const time = new Date(at).toISOString();
    for (const [index, fact] of (unpack(facts) as Fact[]).entries()) {
      yield `${position + 1 + index}\t${time}\t${JSON.stringify(fact)}\n`;
    }
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean' } },
    allowPositionals: true,
  });
  if (values.help) return console.log(help);
  const [show, ...others] = positionals;
  if (show === undefined || others.length > 0)
    throw unclear(help, 'Give one show, by its slug or its id.');
  await withDatabase(async (open) => {
    const { event } = await showNamed(open.database, show);
    const lines = Readable.from(linesOf(new DatabaseJournal(open), event));
    await pipeline(lines, process.stdout).catch(unlessClosed);
  });
}

/** Whoever reads our lines may stop early, as `head` does. */
function unlessClosed(failure: unknown): void {
  const isClosed = failure instanceof Error && 'code' in failure && failure.code === 'EPIPE';
  if (!isClosed) throw failure;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runCommand(main);
