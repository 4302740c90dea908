import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { UUID_PATTERN } from '@ingressou/protocol';
import { readConfig } from '../src/config.ts';
import { openMasterKey } from '../src/store/data-keys.ts';
import type { Database } from '../src/store/database.ts';
import { DatabasePartnerEndpoints } from '../src/store/partner-endpoints.ts';
import {
  PartnerAddresses,
  privateNetworks,
} from '../src/workers/partner-webhooks/partner-addresses.ts';
import { PartnerSender } from '../src/workers/partner-webhooks/partner-sender.ts';
import { noSuchVerb, runCommand, UsageError, unclear } from './command.ts';
import { databaseHelp, showNamed, withDatabase } from './operator-database.ts';
import { grant, type Verb, verbs, type Wish } from './webhooks/grant.ts';

const help = `Usage: npm run webhooks -- add URL [--show SHOW]
       npm run webhooks -- list
       npm run webhooks -- enable | remove | test ID
       npm run webhooks -- rotate ID [--finish]

Where partners are told what happens to orders. Messages are signed as Standard Webhooks; partners
check them with unwrapWebhook of @ingressou/client-sdk.

  add               a new address; its secret is shown once
  list              all, and how they fare
  enable            calls one again that failed for a day
  remove            forgets one
  rotate            a new secret beside the old one; with --finish only the new one signs
  test              tells one a message of type "test" now; ends with 1 if it does not arrive
  --show SHOW       only about this show: its id or its slug, as /v1/shows lists them
  --json            the result as JSON, with every verb
  --help            this text

  DATA_KEY_FILE     seals the secrets; without it, keys/data.key in DATA_DIRECTORY (var)
  PRIVATE_WEBHOOKS  true: addresses of private networks may be called
${databaseHelp}`;

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: {
      show: { type: 'string' },
      finish: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  if (values.help) return console.log(help);
  const [word, what = '', ...others] = positionals;
  const verb = verbs.find((each) => each === word);
  const { show, finish: isFinal, json: isJson } = values;
  if (verb === undefined) throw noSuchVerb(help, word, verbs);
  if (others.length > 0) throw unclear(help, `"${others[0]}" is too much.`);
  if (!isClear(verb, what)) throw unclear(help, `${verb} takes ${takes(verb)}.`);
  if (show !== undefined && verb !== 'add') throw unclear(help, 'Only add takes --show.');
  if (isFinal && verb !== 'rotate') throw unclear(help, 'Only rotate takes --finish.');
  await withDatabase(async ({ database }) => {
    const event = show === undefined ? undefined : (await showNamed(database, show)).event;
    console.log(await granted(database, { verb, what, event, isFinal, isJson }));
  });
});

function isClear(verb: Verb, what: string): boolean {
  if (verb === 'list') return what === '';
  return verb === 'add' ? what !== '' : UUID_PATTERN.test(what);
}

function takes(verb: Verb): string {
  if (verb === 'list') return 'nothing else';
  return verb === 'add' ? 'a URL' : 'the ID of an address, as list says it';
}

async function granted(database: Database, wish: Wish): Promise<string> {
  const { dataKeyFile, allowsPrivateWebhooks } = readConfig();
  // A key made here would seal secrets that no running node can open.
  if (!existsSync(dataKeyFile)) {
    throw new UsageError(`There is no key in ${dataKeyFile}: the first "npm start" makes it.`);
  }
  const addresses = new PartnerAddresses(allowsPrivateWebhooks ? privateNetworks : []);
  const endpoints = new DatabasePartnerEndpoints(database, await openMasterKey(dataKeyFile));
  const sender = new PartnerSender({ addresses });
  try {
    return await grant({ endpoints, addresses, sender, now: Date.now }, wish);
  } finally {
    await sender.close();
  }
}
