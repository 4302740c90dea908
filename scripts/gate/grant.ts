import { type IncidentView, limits, type Show } from '@ingressou/protocol';
import { UsageError } from '../command.ts';
import { gateTable } from './gate-table.ts';
import { incidentTable, type NamedGates } from './incident-table.ts';
import { NodeRefusal, type OperatorNode } from './operator-node.ts';

export const verbs = ['setup', 'enrol', 'revoke', 'list', 'incidents', 'free'] as const;
export type Verb = (typeof verbs)[number];

export interface Wish {
  readonly verb: Verb;
  readonly slug: string;
  /** What stands behind the verb: the serial of a ticket to free. */
  readonly what?: string | undefined;
  readonly name?: string | undefined;
  readonly gates: string;
  readonly gate: string;
  readonly device?: string | undefined;
  readonly reenter: boolean;
  readonly proof: boolean;
  readonly cards: boolean;
  readonly open: boolean;
  readonly seen: readonly string[];
  readonly isJson: boolean;
}

/** What came of it, for people and for programs. */
interface Done {
  readonly text: string;
  readonly json: object;
}

const hourMs = 60 * 60 * 1000;
/** Incidents that are marked in one request. */
const seenMax = 64;

/** Does what an operator wants of the gates of a show, and says what came of it. */
export async function grant(node: OperatorNode, wish: Wish): Promise<string> {
  const { text, json } = await done(node, await showAt(node, wish.slug), wish);
  return wish.isJson ? JSON.stringify(json) : text;
}

async function showAt(node: OperatorNode, slug: string): Promise<Show> {
  try {
    return (await node.ask('GET', `/v1/shows/${encodeURIComponent(slug)}`)) as Show;
  } catch (failure) {
    if (!(failure instanceof NodeRefusal) || failure.reason !== 'show_not_found') throw failure;
    throw new UsageError(`There is no show ${slug}: give its slug, as /v1/shows lists it.`);
  }
}

async function done(node: OperatorNode, show: Show, wish: Wish): Promise<Done> {
  switch (wish.verb) {
    case 'setup':
      return await setup(node, show, wish);
    case 'enrol':
      return await enrol(node, show, wish);
    case 'revoke':
      return await revoke(node, show, wish);
    case 'list': {
      const gates = await gatesOf(node, show);
      return { text: gateTable(gates), json: gates };
    }
    case 'incidents': {
      await see(node, show, wish.seen);
      const incidents = await incidentsOf(node, show);
      return { text: incidentTable(incidents, await gatesOf(node, show)), json: { incidents } };
    }
    case 'free':
      return await free(node, show, wish.what);
  }
}

async function setup(node: OperatorNode, show: Show, wish: Wish): Promise<Done> {
  const checkpoint = planOf(show, wish);
  const { name, gates } = checkpoint;
  await node.ask('PUT', `${pathOf(show)}/checkpoints`, { checkpoints: [checkpoint] });
  const next = `npm run gate -- enrol --show ${show.slug} --gate ${gates[0]}`;
  return { text: `${name}: gates ${gates.join(', ')}. A scanner: ${next}`, json: checkpoint };
}

async function enrol(node: OperatorNode, show: Show, wish: Wish): Promise<Done> {
  const { checkpoints } = await gatesOf(node, show);
  const gate = checkpoints[0]?.gates.find(({ name }) => name === wish.gate)?.gate;
  if (gate === undefined) {
    const names = checkpoints.flatMap(({ gates }) => gates.map(({ name }) => name)).join(', ');
    const next = `npm run gate -- setup --show ${show.slug} makes some`;
    const there = names === '' ? next : `there are ${names}; ${next} instead`;
    throw new UsageError(`There is no gate ${wish.gate}: ${there}.`);
  }
  const { name = `Leitor ${wish.gate}`, device } = wish;
  const about = { name, gate, ...(device === undefined ? {} : { device }) };
  const made = (await node.ask('POST', `${pathOf(show)}/devices`, about)) as Invitation;
  const text = [
    `Code for the scanner at gate ${wish.gate}: ${made.code}`,
    `Enter it at ${new URL('/scanner/', node.base).href} within 15 minutes. Good once. Device ${made.device}.`,
  ].join('\n');
  return { text, json: made };
}

async function revoke(node: OperatorNode, show: Show, { device }: Wish): Promise<Done> {
  if (device === undefined) throw new UsageError('Which one? --device UUID, as list says.');
  await node.ask('DELETE', `${pathOf(show)}/devices/${encodeURIComponent(device)}`);
  const text = `${device} is shut out. What it scanned while it was alone may still be uploaded.`;
  return { text, json: { device } };
}

async function free(node: OperatorNode, show: Show, what: string | undefined): Promise<Done> {
  const { slug } = show;
  const serial = serialOf(what, slug);
  try {
    await node.ask('DELETE', `${pathOf(show)}/tickets/${serial}/holder`);
  } catch (failure) {
    if (failure instanceof NodeRefusal) throw notFreed(failure, slug, serial);
    throw failure;
  }
  const text = [
    `Ticket ${serial} is free: the next phone that opens its page has it.`,
    'Codes of it that were shown or printed so far are void, at gates without a network with their next package:',
    'whoever has it on paper prints it again from the page of their order.',
    `What those did meanwhile: npm run gate -- incidents --show ${slug}`,
  ].join('\n');
  return { text, json: { serial } };
}

function serialOf(what: string | undefined, slug: string): number {
  const serial = /^\d{1,9}$/.test(what ?? '') ? Number(what) : 0;
  if (serial > 0 && serial <= limits.serialsMax) return serial;
  const question = what === undefined ? 'Which ticket?' : `${what} is no serial of a ticket.`;
  throw new UsageError(`${question} npm run gate -- free SERIAL --show ${slug}: ${whereItIs}`);
}

const whereItIs = 'the serial is in the address of its page, /carteira/ORDER/SERIAL.';

function notFreed(refusal: NodeRefusal, slug: string, serial: number): UsageError {
  switch (refusal.reason) {
    case 'ticket_not_found':
      return new UsageError(
        `${slug} has no ticket ${serial} that admits anybody: ${whereItIs}\n` +
          `What became of one that was given back: npm run journal -- ${slug}`,
      );
    case 'ticket_not_rotating':
      return new UsageError(
        `Codes of ${slug} do not rotate, so no phone has ticket ${serial}: any phone and any paper may show it.\n` +
          `Whether somebody came in with a copy: npm run gate -- incidents --show ${slug}`,
      );
    case 'too_many_moves':
      return new UsageError(
        `Ticket ${serial} was moved as often as a code can say: it stays where it is.\n` +
          'Its holder is let in at a gate, where the operator decides and says why. ' +
          `Which gates there are: npm run gate -- list --show ${slug}`,
      );
    default:
      return refusal;
  }
}

async function see(node: OperatorNode, show: Show, wanted: readonly string[]): Promise<void> {
  const isAll = wanted.includes('all');
  const ids = isAll ? await unseenOf(node, show) : wanted;
  for (let from = 0; from < ids.length; from += seenMax) {
    const incidents = ids.slice(from, from + seenMax);
    try {
      await node.ask('POST', `${pathOf(show)}/incidents/seen`, { incidents });
    } catch (failure) {
      if (!(failure instanceof NodeRefusal) || !isUnknown(failure)) throw failure;
      // Those of a moment ago may be explained by now.
      if (!isAll) throw notThere(incidents, show);
    }
  }
}

async function unseenOf(node: OperatorNode, show: Show): Promise<string[]> {
  const incidents = await incidentsOf(node, show);
  return incidents.filter(({ isSeen }) => !isSeen).map(({ id }) => id);
}

/** Nothing has this id, or it cannot be one. */
function isUnknown({ reason }: NodeRefusal): boolean {
  return reason === 'incident_not_found' || reason === 'invalid_fields';
}

function notThere(ids: readonly string[], { slug }: Show): UsageError {
  return new UsageError(
    `${ids.join(', ')}: no such incident at ${slug}, or not any more. ` +
      `What there is: npm run gate -- incidents --show ${slug}`,
  );
}

async function incidentsOf(node: OperatorNode, show: Show): Promise<IncidentView[]> {
  const found: IncidentView[] = [];
  let page: IncidentPage = { incidents: [], upTo: 0, isMore: true };
  while (page.isMore) {
    const path = `${pathOf(show)}/incidents?since=${page.upTo}`;
    page = (await node.ask('GET', path)) as IncidentPage;
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

function planOf({ startsAt }: Show, wish: Wish) {
  const { name = 'Entrada', gates, reenter, proof, cards, open } = wish;
  const begin = Math.floor((open ? Date.now() : startsAt) / 1000) * 1000;
  const days = [{ from: begin - 6 * hourMs, until: begin + 12 * hourMs }];
  const names = gates.split(',').map((each) => each.trim());
  const rules = { mayReenter: reenter, needsProof: proof, hasCards: cards };
  return { checkpoint: 0, name, gates: names, days, ...rules };
}

async function gatesOf(node: OperatorNode, show: Show): Promise<NamedGates> {
  return (await node.ask('GET', `${pathOf(show)}/gates`)) as NamedGates;
}

function pathOf({ id }: Show): string {
  return `/v1/shows/${id}`;
}
