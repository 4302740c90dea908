import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type EventId, type NodeId, uuid7 } from '@ingressou/protocol';
import { systemClock as clock } from '../src/clock.ts';
import { JournalUnavailableError } from '../src/ports/journal.ts';
import { ReadModelsUnavailableError } from '../src/ports/read-models.ts';
import type { OpenDatabase } from '../src/store/database.ts';
import { DatabaseFollowers } from '../src/store/followers.ts';
import { DatabaseJournal } from '../src/store/journal.ts';
import { DatabaseLeases } from '../src/store/leases.ts';
import { findShow } from '../src/store/operators.ts';
import { DatabaseReadModels } from '../src/store/read-models.ts';
import { type RebuildOptions, rebuild } from '../src/workers/projector/rebuild.ts';
import { runCommand } from './command.ts';
import { databaseHelp, showNamed, withDatabase } from './operator-database.ts';
import { Progress } from './progress.ts';
import { alignedTable } from './table.ts';

const help = `Usage: npm run rebuild -- [SHOW …] [--json]

Makes the orders, tickets, sales and ledger of every show again from the first fact of its journal.
Nothing is lost by it: all of them are made of facts alone. Nodes may run meanwhile; until a show is
done, its orders are missing from lists, and pages ask the show itself.

  SHOW …            only these: ids or slugs, as /v1/shows lists them
  --json            the result as JSON
  --help            this text

${databaseHelp}

It ends with 1 if another rebuild took a show over, and can be started again at any time.`;

/** Between two signs of life; nodes leave the shows alone of whoever has given one lately. */
const renewMs = 5_000;
const leaseMs = 60_000;
const pageShows = 200;
/** A look at the clock and a line of progress now and then, and only when it takes long. */
const progressAfterMs = 2_000;

interface RebuiltShow {
  readonly event: EventId;
  readonly slug: string;
  /** Undefined when another rebuild took it over. */
  readonly facts: number | undefined;
  readonly ms: number;
}

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: { json: { type: 'boolean', default: false }, help: { type: 'boolean' } },
    allowPositionals: true,
  });
  if (values.help) return console.log(help);
  await withDatabase(async (open) => {
    const shows = await rebuilt(open, positionals).catch((failure: unknown) => {
      const isDatabases =
        failure instanceof JournalUnavailableError || failure instanceof ReadModelsUnavailableError;
      // What the database said is what the operator can act on.
      throw isDatabases ? failure.cause : failure;
    });
    console.log(values.json ? JSON.stringify({ shows }) : plainReport(shows));
    if (shows.some(({ facts }) => facts === undefined)) process.exitCode = 1;
  });
}, 2);

async function rebuilt(open: OpenDatabase, wanted: readonly string[]): Promise<RebuiltShow[]> {
  const node = uuid7<NodeId>(clock.now(), randomBytes(16));
  const leases = new DatabaseLeases(open);
  let renewedAt = Number.NEGATIVE_INFINITY;
  const renew = async (): Promise<void> => {
    if (clock.monotonic() < renewedAt + renewMs) return;
    await leases.renew({ node, name: 'rebuild', hasActors: false, isLeaving: true }, leaseMs);
    renewedAt = clock.monotonic();
  };
  const progress = new Progress();
  const begunAt = clock.monotonic();
  const shows: RebuiltShow[] = [];
  const base = {
    node,
    clock,
    journal: new DatabaseJournal(open),
    followers: new DatabaseFollowers(open),
    readModels: new DatabaseReadModels({ ...open, clock }),
  };
  try {
    for await (const { event, slug } of namedShows(open, base.journal, wanted)) {
      await renew();
      const onProgress = async (position: number, end: number): Promise<void> => {
        await renew();
        if (clock.monotonic() < begunAt + progressAfterMs) return;
        progress.show(`${shows.length} shows done, ${slug}: ${position} of ${end} facts …`);
      };
      shows.push(await rebuildOne({ ...base, onProgress }, event, slug));
    }
  } finally {
    progress.end();
    await leases.end(node);
  }
  return shows;
}

async function rebuildOne(
  options: RebuildOptions,
  event: EventId,
  slug: string,
): Promise<RebuiltShow> {
  const begunAt = clock.monotonic();
  const facts = await rebuild(options, event);
  return { event, slug, facts, ms: Math.round(clock.monotonic() - begunAt) };
}

async function* namedShows(
  { database }: OpenDatabase,
  journal: DatabaseJournal,
  wanted: readonly string[],
) {
  for (const name of wanted) yield await showNamed(database, name);
  let after: EventId | undefined;
  while (wanted.length === 0) {
    const heads = await journal.list(after, pageShows);
    for (const { event } of heads)
      yield (await findShow(database, event)) ?? { event, slug: event };
    after = heads.at(-1)?.event;
    if (after === undefined) return;
  }
}

function plainReport(shows: readonly RebuiltShow[]): string {
  const rows = shows.map(({ slug, facts, ms }) => {
    return [slug, facts === undefined ? 'taken over' : String(facts), (ms / 1000).toFixed(1)];
  });
  const done = shows.filter(({ facts }) => facts !== undefined).length;
  const summary = `${done} of ${shows.length} ${shows.length === 1 ? 'show' : 'shows'} rebuilt.`;
  if (shows.length === 0) return summary;
  return `${alignedTable([['show', 'facts', 'seconds'], ...rows])}\n\n${summary}`;
}
