import { type EventId, parseId, type Show } from '@ingressou/protocol';

/** The server could not be asked, or its answer made no sense. `status` is 0 without an answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(status: number, options?: ErrorOptions) {
    super(`The server answered ${status}.`, options);
    this.status = status;
  }
}

/** @throws {ApiError} */
export async function fetchShows(): Promise<readonly Show[]> {
  const body = await ask('/v1/shows');
  if (!isRecord(body) || !Array.isArray(body.data)) throw new ApiError(200);
  return body.data.map(parseShow);
}

/** @throws {ApiError} with status 404 when there is no such show */
export async function fetchShow(slug: string): Promise<Show> {
  return parseShow(await ask(`/v1/shows/${encodeURIComponent(slug)}`));
}

/**
 * A token of the development route for this buyer, or for a new one.
 *
 * @throws {ApiError} with status 404 where that route is off, as in production
 */
export async function fetchDevToken(subject: string | undefined): Promise<DevToken> {
  const body = JSON.stringify({ role: 'CLIENTE', ...(subject !== undefined && { subject }) });
  const headers = { 'content-type': 'application/json' };
  const answer = await ask('/v1/dev/token', { method: 'POST', headers, body });
  if (!isRecord(answer)) throw new ApiError(200);
  return { token: String(answer.token), subject: String(answer.subject) };
}

export interface DevToken {
  readonly token: string;
  readonly subject: string;
}

async function ask(path: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(path, init).catch((cause: unknown) => {
    throw new ApiError(0, { cause });
  });
  if (!response.ok) throw new ApiError(response.status);
  return await response.json().catch((cause: unknown) => {
    throw new ApiError(response.status, { cause });
  });
}

function parseShow(value: unknown): Show {
  if (!isRecord(value)) throw new ApiError(200);
  const { slug, title, venue, city, uf } = value;
  return {
    id: parseId<EventId>(value.id),
    slug: String(slug),
    title: String(title),
    venue: String(venue),
    city: String(city),
    uf: String(uf),
    startsAt: Number(value.startsAt),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
