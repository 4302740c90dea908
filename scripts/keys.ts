import { parseArgs } from 'node:util';
import type { TicketKey, TicketKeys } from '../src/ports/ticket-keys.ts';
import type { Database } from '../src/store/database.ts';
import type { NamedShow } from '../src/store/operators.ts';
import { DatabaseTicketKeys } from '../src/store/ticket-keys.ts';
import { noSuchVerb, numberOf, runCommand, UsageError, unclear } from './command.ts';
import { signAgain } from './keys/sign-again.ts';
import { databaseHelp, showNamed, withDatabase } from './operator-database.ts';
import { withQueuesBeside } from './operator-queues.ts';
import { Progress } from './progress.ts';
import { alignedTable } from './table.ts';

const verbs = ['list', 'rotate', 'revoke', 'reissue', 'export'] as const;
type Verb = (typeof verbs)[number];

const help = `Usage: npm run keys -- list --show SHOW [--json]
       npm run keys -- rotate --show SHOW
       npm run keys -- revoke --show SHOW --key ID --yes
       npm run keys -- reissue --show SHOW
       npm run keys -- export --show SHOW

The keys that sign the tickets of a show. Private keys are not shown and not needed here: whoever
signs makes the first one by itself, and a new one after a rotation or a revocation.

  list              every key the show ever had and what became of it
  rotate            the next ticket is signed with a new key; tickets signed so far stay good. A gate
                    without a network learns of the new key with its next package: rotate before
                    the doors open
  revoke            for a key that is known to others: every ticket it signed is refused at the gates
                    as soon as they hear of it (one without a network: at its next package), and
                    its buyers need new codes
  reissue           has workers sign every valid ticket that has no good code, as after a revocation.
                    Buyers see the new one on their page and in their PDF
  export            the public keys as JSON, for whoever checks tickets with a program of their own
  --show SHOW       its id or its slug, as /v1/shows lists them
  --key ID          which key, as list shows it
  --yes             says that you mean it
  --json            the list as JSON
  --help            this text

  RABBITMQ_URL      the broker, for reissue; without it jobs are in the database:
${databaseHelp}`;

const keyIdMax = 65_535;

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: {
      show: { type: 'string' },
      key: { type: 'string' },
      yes: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  if (values.help) return console.log(help);
  const verb = verbs.find((known) => known === positionals[0]);
  const { show, key, yes: isSure, json } = values;
  if (verb === undefined) throw noSuchVerb(help, positionals[0], verbs);
  if (positionals.length > 1) throw unclear(help, `"${positionals[1]}" is too much.`);
  if (show === undefined) throw unclear(help, 'Which show? --show SLUG, as its page has it.');
  const keyId = keyOf(verb, key, isSure);
  await withDatabase(async ({ database }) => {
    const named = await showNamed(database, show);
    if (verb === 'reissue') return await reissue(database, named);
    console.log(await done(verb, new DatabaseTicketKeys(database), named, keyId, json));
  });
});

/** Every code a key has signed is lost with it, so it is named, and twice meant. */
function keyOf(verb: Verb, key: string | undefined, isSure: boolean): number {
  if (verb !== 'revoke') return 0;
  if (key === undefined)
    throw new UsageError('Which key? npm run keys -- list shows them: --key ID');
  const keyId = numberOf(key, 'key', 1, keyIdMax);
  if (isSure) return keyId;
  throw new UsageError(
    `Every ticket that key ${keyId} has signed would be refused. Add --yes if that is meant.`,
  );
}

async function reissue(database: Database, { event, slug }: NamedShow): Promise<void> {
  const progress = new Progress();
  await withQueuesBeside(database, async (queues) => {
    const count = await signAgain(database, queues, event, Date.now(), (orders) =>
      progress.show(`${orders} orders …`),
    );
    progress.end();
    console.log(
      `Tickets of ${count} orders of ${slug} are to be signed: ingressou_jobs_waiting{kind="ticket.issue"} shows how far it is.`,
    );
  });
}

async function done(
  verb: Exclude<Verb, 'reissue'>,
  keys: TicketKeys,
  { event, slug }: NamedShow,
  keyId: number,
  isJson: boolean,
): Promise<string> {
  switch (verb) {
    case 'list': {
      const listed = await keys.list(event);
      return isJson ? JSON.stringify(listed.map(plainOf)) : tableOf(slug, listed);
    }
    case 'export':
      return JSON.stringify({ event, keys: (await keys.list(event)).map(plainOf) }, null, 2);
    case 'rotate':
      return (await keys.rotate(event))
        ? `The next ticket of ${slug} is signed with a new key.`
        : `No key signs for ${slug} now: the next ticket makes one.`;
    case 'revoke':
      if (await keys.revoke(event, keyId)) {
        return (
          `Nothing that key ${keyId} of ${slug} has signed is a ticket any more. ` +
          `New codes: npm run keys -- reissue --show ${slug}`
        );
      }
      throw new UsageError(`${slug} has no key ${keyId}, or it is revoked already.`);
  }
}

function tableOf(slug: string, keys: readonly TicketKey[]): string {
  if (keys.length === 0) return `${slug} has no key yet: its first ticket makes one.`;
  const rows = keys.map((key) => [
    String(key.keyId),
    stateOf(key),
    String(key.generation),
    textOf(key.createdAt),
    textOf(key.revokedAt ?? key.retiredAt),
  ]);
  return alignedTable([['key', 'state', 'generation', 'made', 'ended'], ...rows]);
}

function stateOf({ retiredAt, revokedAt }: TicketKey): string {
  if (revokedAt !== undefined) return 'revoked';
  return retiredAt === undefined ? 'signs' : 'retired';
}

function textOf(at: number | undefined): string {
  return at === undefined ? '-' : new Date(at).toISOString();
}

function plainOf({ publicKey, ...key }: TicketKey) {
  return { ...key, publicKey: Buffer.from(publicKey).toString('base64url') };
}
