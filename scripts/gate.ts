import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { EventId, IncidentView, Show } from '@ingressou/protocol';
import { readConfig } from '../src/config.ts';
import { AccessTokens, newSubject, openSigningKey } from '../src/transport/access-tokens.ts';
import { numberOf, runCommand, UsageError } from './command.ts';
import { incidentTable, type NamedGates } from './gate/incident-table.ts';
import { alignedTable } from './table.ts';

const verbs = ['setup', 'enrol', 'revoke', 'list', 'incidents'] as const;
type Verb = (typeof verbs)[number];

const help = `Usage: npm run gate -- VERB --show SLUG [options]

What an operator does about the gates of a show, over the HTTP of a running node.

  setup             one checkpoint, "Entrada", with gates A and B, open from 6 hours before the show
                    to 12 after; sectors go in anywhere
  enrol             a code that lets a scanner in, good once, for 15 minutes
  revoke            shuts a scanner out
  list              checkpoints, gates and scanners as they are now
  incidents         what somebody should look at, the newest last; --seen: somebody has

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
  --url URL         the node (http://127.0.0.1:PORT)
  --help            this text

  TOKEN_KEY_FILE    the node's key; without it, keys/access-token.pem in DATA_DIRECTORY (var)`;

const hourMs = 60 * 60 * 1000;
/** Incidents that are marked in one request. */
const seenMax = 64;

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
      url: { type: 'string' },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  if (values.help) return console.log(help);
  const verb = verbs.find((known) => known === positionals[0]);
  const { show: slug } = values;
  if (verb === undefined || positionals.length > 1 || slug === undefined) {
    throw new UsageError(help);
  }
  const node = await nodeAt(values.url);
  const show = (await node.ask('GET', `/v1/shows/${encodeURIComponent(slug)}`)) as Show;
  console.log(await done(verb, node, show, values));
});

interface Wishes {
  readonly name?: string | undefined;
  readonly gates: string;
  readonly gate: string;
  readonly device?: string | undefined;
  readonly reenter: boolean;
  readonly proof: boolean;
  readonly cards: boolean;
  readonly open: boolean;
  readonly seen: readonly string[];
}

async function done(verb: Verb, node: Node, show: Show, wishes: Wishes): Promise<string> {
  const path = `/v1/shows/${show.id}`;
  switch (verb) {
    case 'setup': {
      const checkpoint = planOf(show, wishes);
      await node.ask('PUT', `${path}/checkpoints`, { checkpoints: [checkpoint] });
      return `${checkpoint.name}: gates ${checkpoint.gates.join(', ')}. A scanner: npm run gate -- enrol --show ${show.slug} --gate ${checkpoint.gates[0]}`;
    }
    case 'enrol': {
      const { checkpoints } = await gatesOf(node, show.id);
      const gate = checkpoints[0]?.gates.find(({ name }) => name === wishes.gate)?.gate;
      if (gate === undefined) {
        throw new UsageError(`There is no gate ${wishes.gate}: npm run gate -- setup makes some.`);
      }
      const { name = `Leitor ${wishes.gate}`, device } = wishes;
      const wish = { name, gate, ...(device === undefined ? {} : { device }) };
      const made = (await node.ask('POST', `${path}/devices`, wish)) as Invitation;
      return `Code for the scanner at gate ${wishes.gate}: ${made.code}\nGood once, for 15 minutes. Device ${made.device}.`;
    }
    case 'revoke': {
      if (wishes.device === undefined)
        throw new UsageError('Which one? --device UUID, as list says.');
      await node.ask('DELETE', `${path}/devices/${encodeURIComponent(wishes.device)}`);
      return `${wishes.device} is shut out. What it scanned while it was alone may still be uploaded.`;
    }
    case 'list':
      return listOf(await gatesOf(node, show.id));
    case 'incidents':
      await see(node, path, wishes.seen);
      return incidentTable(await incidentsOf(node, path), await gatesOf(node, show.id));
  }
}

async function see(node: Node, path: string, wanted: readonly string[]): Promise<void> {
  const isAll = wanted.includes('all');
  const ids = isAll ? (await incidentsOf(node, path)).map(({ id }) => id) : wanted;
  for (let from = 0; from < ids.length; from += seenMax) {
    const incidents = ids.slice(from, from + seenMax);
    await node.ask('POST', `${path}/incidents/seen`, { incidents });
  }
}

async function incidentsOf(node: Node, path: string): Promise<IncidentView[]> {
  const found: IncidentView[] = [];
  let page: IncidentPage = { incidents: [], upTo: 0, isMore: true };
  while (page.isMore) {
    page = (await node.ask('GET', `${path}/incidents?since=${page.upTo}`)) as IncidentPage;
    found.push(...page.incidents);
  }
  return found;
}

interface IncidentPage {
  readonly incidents: readonly IncidentView[];
  readonly upTo: number;
  readonly isMore: boolean;
}

interface Invitation {
  readonly device: string;
  readonly code: string;
}

function planOf({ startsAt }: Show, wishes: Wishes) {
  const { name = 'Entrada', gates, reenter, proof, cards, open } = wishes;
  const begin = Math.floor((open ? Date.now() : startsAt) / 1000) * 1000;
  const days = [{ from: begin - 6 * hourMs, until: begin + 12 * hourMs }];
  const names = gates.split(',').map((each) => each.trim());
  const rules = { mayReenter: reenter, needsProof: proof, hasCards: cards };
  return { checkpoint: 0, name, gates: names, days, ...rules };
}

async function gatesOf(node: Node, event: EventId): Promise<NamedGates> {
  return (await node.ask('GET', `/v1/shows/${event}/gates`)) as NamedGates;
}

function listOf({ checkpoints, devices, incidents }: NamedGates): string {
  const gates = checkpoints.flatMap((checkpoint) =>
    checkpoint.gates.map(({ name, entered, exited }) => [
      checkpoint.name,
      name,
      String(entered),
      String(exited),
      String(checkpoint.occupancy),
    ]),
  );
  const scanners = devices.map(({ name, device, gate, mode, unsent, isRevoked, lastSeenAt }) => [
    name,
    device,
    String(gate),
    isRevoked ? 'revoked' : mode,
    String(unsent),
    new Date(lastSeenAt).toISOString(),
  ]);
  return [
    alignedTable([['checkpoint', 'gate', 'entered', 'exited', 'inside'], ...gates]),
    '',
    alignedTable([['scanner', 'device', 'gate', 'mode', 'unsent', 'last seen'], ...scanners]),
    '',
    `${incidents.total} incidents, ${incidents.unseen} of them not seen`,
  ].join('\n');
}

interface Node {
  ask(method: string, path: string, body?: object): Promise<unknown>;
}

/** A running node, asked as its operator. */
async function nodeAt(url: string | undefined): Promise<Node> {
  const { tokenKeyFile, port } = readConfig();
  if (!existsSync(tokenKeyFile)) {
    throw new UsageError(`There is no key in ${tokenKeyFile}: the first "npm start" makes it.`);
  }
  const tokens = new AccessTokens(await openSigningKey(tokenKeyFile));
  const token = await tokens.sign(newSubject(), 'ADMIN', Date.now(), 60_000);
  const base = url ?? `http://127.0.0.1:${numberOf(String(port), 'port', 1, 65_535)}`;
  return {
    async ask(method, path, body) {
      const answer = await reached(base, path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (answer.ok) return JSON.parse(text);
      throw new UsageError(`${method} ${path}: ${answer.status} ${text}`);
    },
  };
}

async function reached(base: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(new URL(path, base), init);
  } catch (cause) {
    throw new UsageError(`No node answers at ${base}: is it running? --url says where.`, { cause });
  }
}
