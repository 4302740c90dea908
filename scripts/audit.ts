import { parseArgs } from 'node:util';
import { systemClock } from '../src/clock.ts';
import { readConfig } from '../src/config.ts';
import { openProvider } from '../src/node-payments.ts';
import { JournalUnavailableError } from '../src/ports/journal.ts';
import { PaymentsUnavailableError } from '../src/ports/payments.ts';
import { DatabaseCatalog } from '../src/store/catalog.ts';
import type { OpenDatabase } from '../src/store/database.ts';
import { DatabaseJournal } from '../src/store/journal.ts';
import { DatabaseReadModels } from '../src/store/read-models.ts';
import { auditMoney } from './audit/audited-money.ts';
import { type AuditedShow, auditShows } from './audit/audited-show.ts';
import { plainReport } from './audit/plain-report.ts';
import { providerSilence } from './audit/provider-silence.ts';
import { runCommand } from './command.ts';
import { databaseHelp, showNamed, withDatabase } from './operator-database.ts';
import { Progress } from './progress.ts';

const help = `Usage: npm run audit [-- SHOW …] [--provider] [--json]

Counts the history of every show again, by rules that share nothing with those that sell: nothing
oversold at any fact, no hold made or ended twice, none that ended at a wrong time, one writer at a
time, no row changed or missing. Then compares the money: the ledger with the tickets and refunds of
every order, and with what the provider says it has. Only reads; shows may be on sale meanwhile.

  SHOW …            only these: ids or slugs, as /v1/shows lists them
  --provider        asks the payment provider about every order, too
  --json            the result as JSON
  --help            this text

${databaseHelp}

It ends with 1 if a promise is broken or money is missing, and with 2 if it could not read everything.`;

/** A look at the clock and a line of progress now and then, and only when it takes long. */
const progressAfterMs = 2_000;
/** Names of shows that are read at once; the others are called by their ids. */
const namesMax = 10_000;

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: {
      provider: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  if (values.help) return console.log(help);
  await withDatabase(async (open) => {
    const begunAt = performance.now();
    const shows = await audited(open, positionals, values.provider).catch((failure: unknown) => {
      // What the database or the provider said is what the operator can act on.
      if (failure instanceof PaymentsUnavailableError) throw providerSilence(failure, readConfig());
      throw failure instanceof JournalUnavailableError ? failure.cause : failure;
    });
    const ms = performance.now() - begunAt;
    console.log(values.json ? JSON.stringify({ shows, ms }) : plainReport(shows, ms));
    const isBroken = ({ violations, money }: AuditedShow) =>
      violations.length > 0 || (money?.troubles.length ?? 0) > 0;
    if (shows.some(isBroken)) process.exitCode = 1;
  });
}, 2);

async function audited(
  open: OpenDatabase,
  wanted: readonly string[],
  asksProvider: boolean,
): Promise<AuditedShow[]> {
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
  const nobodyHears = { providerAnswered() {}, providerChanged() {} };
  const provider = asksProvider ? openProvider(readConfig(), nobodyHears) : undefined;
  let orders = 0;
  const money = {
    database: open.database,
    readModels: new DatabaseReadModels({ database: open.database, clock: systemClock }),
    payments: provider?.payments,
    now: Date.now(),
    onOrder: () => {
      orders += 1;
      progress.show(`${orders} orders compared with the provider …`);
    },
  };
  for await (const show of auditShows(journal, only, onFacts)) {
    const slug = names.get(show.event) ?? show.event;
    shows.push({ ...show, slug, money: await auditMoney(money, show) });
  }
  progress.end();
  await provider?.close();
  return shows;
}

async function namesOf({ database }: OpenDatabase): Promise<Map<string, string>> {
  const shows = await new DatabaseCatalog(database).upcoming(0, namesMax);
  return new Map(shows.map(({ id, slug }) => [id, slug]));
}
