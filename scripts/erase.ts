import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseId, type SubjectId, UUID_PATTERN } from '@ingressou/protocol';
import { readConfig } from '../src/config.ts';
import { UnsealError } from '../src/store/data-keys.ts';
import type { Database } from '../src/store/database.ts';
import { runCommand, UsageError, unclear } from './command.ts';
import { grant, type Wish } from './erase/grant.ts';
import { openPlaces } from './erase/places.ts';
import { databaseHelp, withDatabase } from './operator-database.ts';

const help = `Usage: npm run erase -- --buyer ID … [--yes] [--living] [--json]
       npm run -s erase -- --email ADDRESS | - [--yes] [--living] [--json]

Erases what names a buyer who asks for it (LGPD, art. 18): names, documents, addresses and telephones
of their orders, the PDFs of their tickets, deliverers' names of what was sent to them. What the law
wants kept stays: orders, money and entries, under a random number. Without --yes it only says what
it would do. Doing it again is safe.

  --buyer ID        the "sub" of the buyer's tokens, as every order has it; may be said several times
  --email ADDRESS   whoever gave this address; - reads it from the standard input, so that no history
                    of commands has it
  --yes             erases it
  --living          although an order is unpaid, a refund is under way or a show is still to come:
                    an unpaid order ends, tickets admit but cannot be shown again, no mail arrives
  --json            the result as JSON
  --help            this text

  DATA_KEY_FILE     has sealed it; without it, keys/data.key in DATA_DIRECTORY (var)
  S3_…              where the PDFs are; without them, in DATA_DIRECTORY. The key has to be allowed to
                    list and to delete
${databaseHelp}

It ends with 1 when it has erased nothing although it was to.`;

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      buyer: { type: 'string', multiple: true, default: [] },
      email: { type: 'string' },
      yes: { type: 'boolean', default: false },
      living: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(help);
  const { buyer, email, yes: isSure, living: isLiving, json: isJson } = values;
  if (buyer.length > 0 === (email !== undefined)) {
    throw unclear(help, 'Name who it is about: either --buyer or --email.');
  }
  const who = email === undefined ? subjectsIn(buyer) : addressIn(email);
  const wish = { who, isSure, isLiving, isJson };
  await withDatabase(async ({ database }) => {
    if (!(await granted(database, wish))) process.exitCode = 1;
  });
});

function subjectsIn(ids: readonly string[]): readonly SubjectId[] {
  const wrong = ids.find((id) => !UUID_PATTERN.test(id));
  if (wrong !== undefined) throw new UsageError(`--buyer ${wrong}: give the id of a buyer.`);
  return [...new Set(ids)].map((id) => parseId<SubjectId>(id));
}

function addressIn(text: string): string {
  const address = (text === '-' ? readFileSync(0, 'utf8') : text).trim();
  if (!/^\S+@\S+$/.test(address)) throw new UsageError('--email: give one mail address.');
  return address;
}

async function granted(database: Database, wish: Wish): Promise<boolean> {
  const places = await openPlaces(readConfig(), database);
  try {
    return await grant(places, wish, console);
  } catch (failure) {
    throw failure instanceof UnsealError ? new UsageError(failure.message) : failure;
  } finally {
    await places.close();
  }
}
