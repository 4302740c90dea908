import { existsSync } from 'node:fs';
import { readConfig } from '../../src/config.ts';
import { AccessTokens, newSubject, openSigningKey } from '../../src/transport/access-tokens.ts';
import { UsageError } from '../command.ts';

/** A show as the list of a node tells it. */
export interface ListedShow {
  readonly id: string;
  readonly slug: string;
  readonly title: string;
}

const tokenMs = 60 * 60 * 1000;
const loopback: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * The base address of a node on this machine. A crowd visits nobody else: to others it would be
 * an attack.
 *
 * @throws {UsageError}
 */
export function localUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' && loopback.has(url.hostname)) return url.origin;
  throw new UsageError(`--url ${text}: give an http address of this machine.`);
}

/** The shows a node lists. @throws {UsageError} nobody answers there */
export async function listShows(url: string): Promise<ListedShow[]> {
  const response = await request(`${url}/v1/shows`);
  const { data } = (await response.json()) as { readonly data: ListedShow[] };
  return data;
}

/** Gives a new buyer's token each time it is called: signed here if the node's key is here. */
export async function buyerTokens(url: string): Promise<() => Promise<string>> {
  const { tokenKeyFile } = readConfig();
  if (!existsSync(tokenKeyFile)) return () => askToken(url);
  const tokens = new AccessTokens(await openSigningKey(tokenKeyFile));
  return () => tokens.sign(newSubject(), 'CLIENTE', Date.now(), tokenMs);
}

async function askToken(url: string): Promise<string> {
  const body = JSON.stringify({ role: 'CLIENTE' });
  const response = await request(`${url}/v1/dev/token`, { method: 'POST', body });
  if (response.ok) return ((await response.json()) as { readonly token: string }).token;
  throw new UsageError(
    `${url} gives no development tokens: start it with DEV_TOKENS=true, or set TOKEN_KEY_FILE here.`,
  );
}

async function request(url: string, options: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, options);
  } catch (cause) {
    const { host } = new URL(url);
    throw new UsageError(
      `Nothing answers on ${host}. Start a node with npm start, or give its --url.`,
      { cause },
    );
  }
}
