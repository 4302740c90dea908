import { randomUUID } from 'node:crypto';
import type { EventId } from '@ingressou/protocol';
import type { PartnerEndpoint, PartnerEndpoints } from '../../src/ports/partners.ts';
import type { PartnerAddresses } from '../../src/workers/partner-webhooks/partner-addresses.ts';
import type { PartnerSender } from '../../src/workers/partner-webhooks/partner-sender.ts';
import { messageIdOf, newWebhookSecret } from '../../src/workers/partner-webhooks/signature.ts';
import { UsageError } from '../command.ts';

export const verbs = ['add', 'list', 'enable', 'remove', 'rotate', 'test'] as const;
export type Verb = (typeof verbs)[number];

export interface Wish {
  readonly verb: Verb;
  /** A URL to `add`, else the id of an endpoint; nothing to `list`. */
  readonly what: string;
  /** Of which show alone. */
  readonly event: EventId | undefined;
  /** `rotate`: the old secret goes. */
  readonly isFinal: boolean;
  readonly isJson: boolean;
}

export interface Tools {
  readonly endpoints: PartnerEndpoints;
  readonly addresses: PartnerAddresses;
  readonly sender: PartnerSender;
  readonly now: () => number;
}

/** Grants a wish and returns what to say. @throws {UsageError} it cannot be granted as it is */
export async function grant(tools: Tools, wish: Wish): Promise<string> {
  switch (wish.verb) {
    case 'add':
      return await add(tools, wish);
    case 'list':
      return listed(await tools.endpoints.list(), wish.isJson);
    case 'enable':
      return done(await tools.endpoints.enable(wish.what), wish, 'is called again');
    case 'remove':
      return done(await tools.endpoints.remove(wish.what), wish, 'is forgotten');
    case 'rotate':
      return await rotate(tools, wish);
    case 'test':
      return await test(tools, wish);
  }
}

const flaws = {
  not_a_url: 'is not a URL',
  not_https: 'must begin with https://',
  has_credentials: 'must not carry a password: every message is signed instead',
  not_public: 'is an address of a private network: set PRIVATE_WEBHOOKS where that is meant',
} as const;

async function add({ endpoints, addresses }: Tools, wish: Wish): Promise<string> {
  const { what: url, event, isJson } = wish;
  const flaw = addresses.flawOf(url);
  if (flaw !== undefined) throw new UsageError(`${url} ${flaws[flaw]}.`);
  const [id, secret] = [randomUUID(), newWebhookSecret()];
  await endpoints.add({ id, url, secrets: [secret], ...(event !== undefined && { event }) });
  if (isJson) return JSON.stringify({ id, url, event: event ?? null, secret });
  return `${id}\nIts secret, which is not shown again: ${secret}\nTry it: npm run webhooks -- test ${id}`;
}

function listed(endpoints: readonly PartnerEndpoint[], isJson: boolean): string {
  if (isJson) return JSON.stringify(endpoints.map(({ secrets: _, ...rest }) => rest));
  if (endpoints.length === 0) return 'There is no endpoint.';
  return endpoints.map(lineOf).join('\n');
}

function lineOf({ id, event, url, failures, disabledAt, secrets }: PartnerEndpoint): string {
  const words = [
    disabledAt === undefined ? '' : `disabled since ${new Date(disabledAt).toISOString()}`,
    failures === 0 ? '' : `${failures} failures in a row`,
    secrets.length > 1 ? 'two secrets' : '',
  ].filter(Boolean);
  return [id, event ?? 'every show', url, words.join(', ') || 'works'].join('\t');
}

/** First the new secret beside the old; when the partner has it, the new one alone. */
async function rotate({ endpoints }: Tools, wish: Wish): Promise<string> {
  const endpoint = await named(endpoints, wish);
  const [newest = ''] = endpoint.secrets;
  if (wish.isFinal) {
    await endpoints.setSecrets(endpoint.id, [newest]);
    return wish.isJson ? JSON.stringify({ id: endpoint.id }) : 'Only the newest secret signs now.';
  }
  const secret = newWebhookSecret();
  await endpoints.setSecrets(endpoint.id, [secret, newest]);
  if (wish.isJson) return JSON.stringify({ id: endpoint.id, secret });
  return `The new secret, which is not shown again: ${secret}\nBoth sign until: npm run webhooks -- rotate ${endpoint.id} --finish`;
}

async function test({ endpoints, sender, now }: Tools, wish: Wish): Promise<string> {
  const endpoint = await named(endpoints, wish);
  const timestamp = new Date(now()).toISOString();
  const body = JSON.stringify({ type: 'test', timestamp, data: {} });
  const outcome = await sender.send(endpoint, { id: messageIdOf(randomUUID()), body }, now());
  if (outcome !== 'delivered') throw new UsageError(`${endpoint.url}: ${outcome}.`);
  return wish.isJson ? JSON.stringify({ outcome }) : `${endpoint.url} has it.`;
}

function done(isThere: boolean, { what, isJson }: Wish, sentence: string): string {
  if (!isThere) throw noSuch(what);
  return isJson ? JSON.stringify({ id: what }) : `${what} ${sentence}.`;
}

async function named(endpoints: PartnerEndpoints, { what }: Wish): Promise<PartnerEndpoint> {
  const endpoint = await endpoints.find(what);
  if (endpoint === undefined) throw noSuch(what);
  return endpoint;
}

function noSuch(id: string): UsageError {
  return new UsageError(`There is no endpoint ${id}: npm run webhooks -- list`);
}
