import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readConfig } from '../src/config.ts';
import { AccessTokens, newSubject, openSigningKey } from '../src/transport/access-tokens.ts';
import { noSuchVerb, numberOf, runCommand, UsageError, unclear } from './command.ts';
import { grant, verbs } from './gate/grant.ts';
import { type OperatorNode, operatorNode } from './gate/operator-node.ts';

const help = `Usage: npm run gate -- VERB --show SLUG [options]
       npm run gate -- free SERIAL --show SLUG [options]

What an operator does about the gates of a show, over the HTTP of a running node.

  setup             one checkpoint, "Entrada", with gates A and B, open from 6 hours before the show
                    to 12 after; sectors go in anywhere
  enrol             a code that lets a scanner in, good once, for 15 minutes
  revoke            shuts a scanner out
  list              checkpoints, gates and scanners as they are now
  incidents         what somebody should look at, the newest last; --seen: somebody has
  free              takes a ticket whose code rotates off the phone that has it: the codes of that
                    phone are void, and the next one that opens the ticket has it

  SERIAL            free: the ticket, as in the address of its page (/carteira/ORDER/SERIAL)
  --show SLUG       the show, as /v1/shows lists it
  --name NAME       setup: of the checkpoint (Entrada); enrol: of the scanner (Leitor)
  --gates LIST      setup: names of the gates, by commas (A,B)
  --reenter         setup: whoever went out may come in again
  --proof           setup: half price shows a document
  --cards           setup: scanners may have the names of nominal and half-price tickets, each
                    readable with its ticket only
  --open            setup: open now, for a rehearsal
  --gate NAME       enrol: where the scanner works (A)
  --device UUID     enrol: a scanner that is known; revoke: which
  --seen ID         incidents: mark this one as seen; may be given many times, "all" for all
  --json            the result as JSON
  --url URL         the node (http://127.0.0.1:PORT)
  --help            this text

  TOKEN_KEY_FILE    the node's key; without it, keys/access-token.pem in DATA_DIRECTORY (var)`;

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: {
      show: { type: 'string' },
      name: { type: 'string' },
      gates: { type: 'string', default: 'A,B' },
      gate: { type: 'string', default: 'A' },
      device: { type: 'string' },
      reenter: { type: 'boolean', default: false },
      proof: { type: 'boolean', default: false },
      cards: { type: 'boolean', default: false },
      open: { type: 'boolean', default: false },
      seen: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      url: { type: 'string' },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  if (values.help) return console.log(help);
  const [first, what] = positionals;
  const verb = verbs.find((known) => known === first);
  const { show: slug, url, json: isJson, ...rest } = values;
  const mostWords = verb === 'free' ? 2 : 1;
  if (verb === undefined) throw noSuchVerb(help, first, verbs);
  if (positionals.length > mostWords) throw unclear(help, `"${positionals.at(-1)}" is too much.`);
  if (slug === undefined) throw unclear(help, 'Which show? --show SLUG, as its page has it.');
  console.log(await grant(await nodeAt(url), { verb, slug, what, isJson, ...rest }));
});

async function nodeAt(url: string | undefined): Promise<OperatorNode> {
  const { tokenKeyFile, port } = readConfig();
  if (!existsSync(tokenKeyFile)) {
    throw new UsageError(`There is no key in ${tokenKeyFile}: the first "npm start" makes it.`);
  }
  const tokens = new AccessTokens(await openSigningKey(tokenKeyFile));
  const token = await tokens.sign(newSubject(), 'ADMIN', Date.now(), 60_000);
  const base = url ?? `http://127.0.0.1:${numberOf(String(port), 'port', 1, 65_535)}`;
  return operatorNode(base, token);
}
