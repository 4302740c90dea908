import { existsSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type EventId, ProtocolError, parseId, unpack } from '@ingressou/protocol';
import { ConfigError, readConfig } from '../src/config.ts';
import type { Fact } from '../src/domain/facts.ts';
import type { Journal } from '../src/ports/journal.ts';
import type { OpenDatabase } from '../src/store/database.ts';
import { DirectoryInUseError } from '../src/store/directory-lock.ts';
import { DatabaseJournal } from '../src/store/journal.ts';
import { openPg } from '../src/store/pg.ts';
import { openPglite } from '../src/store/pglite.ts';

const help = `Usage: npm run journal -- EVENT

Prints everything that happened to a show, one fact per line: its number, its time (UTC) and the
fact as JSON, separated by tabs. Only reads.

  EVENT           the show's id, as /v1/shows lists it
  DATABASE_URL    PostgreSQL; without it, the embedded database in DATA_DIRECTORY, which no
                  other process may have open at the same time
  --help          this text`;

/** What this command says instead of a stack trace: the operator can act on it. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

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
  const event = parseEvent(positionals);
  const open = await openDatabase();
  try {
    await pipeline(Readable.from(linesOf(new DatabaseJournal(open), event)), process.stdout);
  } finally {
    await open.close();
  }
}

function parseEvent([text, ...others]: readonly string[]): EventId {
  if (text === undefined || others.length > 0) throw new UsageError(help);
  try {
    return parseId<EventId>(text);
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new UsageError(`${text} is not the id of a show.`, { cause });
  }
}

async function openDatabase(): Promise<OpenDatabase> {
  const { databaseUrl, dataDirectory } = readConfig();
  if (databaseUrl !== undefined) return openPg(databaseUrl, { journals: 1, connections: 1 });
  const directory = path.join(dataDirectory, 'pglite');
  // Opening it would make an empty one.
  if (existsSync(directory)) return openPglite(directory);
  throw new UsageError(`There is no database in ${directory}: set DATABASE_URL or DATA_DIRECTORY.`);
}

/** The message of these says what to do; of anything else, the trace is needed. */
function isPlain(failure: unknown): failure is Error {
  const kinds = [UsageError, ConfigError, DirectoryInUseError];
  return kinds.some((kind) => failure instanceof kind) || hasCode(failure, 'ERR_PARSE_ARGS');
}

/** Whoever reads our lines may stop early, as `head` does. */
function isClosedPipe(failure: unknown): boolean {
  return hasCode(failure, 'EPIPE');
}

function hasCode(failure: unknown, code: string): boolean {
  return failure instanceof Error && 'code' in failure && String(failure.code).startsWith(code);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((failure: unknown) => {
    if (isClosedPipe(failure)) return;
    console.error(isPlain(failure) ? failure.message : failure);
    process.exitCode = 1;
  });
}
