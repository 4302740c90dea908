import type { DeviceId, EventId, Show } from '@ingressou/protocol';
import { bytesIn, type OfflinePackage } from '@ingressou/protocol/admission';
import type { ListedKey } from '@ingressou/protocol/ticket';
import type { EnrolledCheckpoint, Enrolment } from './enrolment.ts';
import type { Sample } from './metrics.ts';

/** The server said no, or nothing. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** 0 when there was no answer. */
  readonly status: number;

  constructor(status: number, options?: ErrorOptions) {
    super(`The server answered ${status}.`, options);
    this.status = status;
  }
}

/** A whole package, or what has changed since the one that is held. */
export interface FetchedPackage {
  readonly isDelta: boolean;
  readonly bytes: Uint8Array;
  /** There are name cards besides. */
  readonly hasCards: boolean;
}

/** Longer than any answer takes; a phone whose network is half there must not hang on it. */
const answerMs = 10_000;

/**
 * Lets a device in. The code is used up, whatever comes of it.
 *
 * @throws {ApiError}
 */
export async function enrol(code: string): Promise<Enrolment> {
  const response = await ask('/v1/devices/enrol', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  });
  const { keys, at: _at, expiresAt: _expiresAt, ...told } = await read<EnrolAnswer>(response);
  return { ...told, keys: listedIn(keys), title: await titleOf(told.event) };
}

/** @throws {ApiError} */
export async function fetchPackage(
  { event, token }: Enrolment,
  checkpoint: number,
  held: Pick<OfflinePackage, 'position' | 'keys'> | undefined,
): Promise<FetchedPackage> {
  const since = held === undefined ? '' : sinceOf(held);
  const response = await ask(`/v1/shows/${event}/package?checkpoint=${checkpoint}${since}`, {
    headers: { authorization: `Bearer ${token}` },
    cache: 'no-store',
  });
  const isDelta = response.headers.get('content-type') === 'application/vnd.ingressou.delta';
  const hasCards = response.headers.get('x-name-cards') === 'on';
  return { isDelta, bytes: await bytesOf(response), hasCards };
}

/**
 * The show's keys as they are now, and which of them are void. No key vouches for this list: that it
 * is the server's is known by the line it comes on.
 *
 * @throws {ApiError}
 */
export async function fetchKeys({ event, token }: Enrolment): Promise<readonly ListedKey[]> {
  const response = await ask(`/v1/shows/${event}/ticket-keys`, {
    headers: { authorization: `Bearer ${token}` },
    cache: 'no-store',
  });
  return listedIn((await read<{ readonly keys: readonly ToldKey[] }>(response)).keys);
}

/**
 * A block of name cards.
 *
 * @throws {ApiError} 404 when there are none at this checkpoint, or not any more
 */
export async function fetchCards(
  { event, token }: Enrolment,
  checkpoint: number,
  block: number,
): Promise<Uint8Array> {
  const path = `/v1/shows/${event}/name-cards?checkpoint=${checkpoint}&block=${block}`;
  const headers = { authorization: `Bearer ${token}` };
  return await bytesOf(await ask(path, { headers, cache: 'no-store' }));
}

/**
 * What this device measured, for whoever runs the servers.
 *
 * @throws {ApiError}
 */
export async function tellScanTimes(
  { event, token }: Enrolment,
  scans: readonly Sample[],
): Promise<void> {
  await ask(`/v1/shows/${event}/scan-times`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ scans }),
  });
}

/** @throws {ApiError} */
export async function fetchShows(): Promise<readonly Show[]> {
  return (await read<{ readonly data: readonly Show[] }>(await ask('/v1/shows'))).data;
}

interface EnrolAnswer {
  readonly token: string;
  readonly device: DeviceId;
  readonly gate: number;
  readonly event: EventId;
  readonly at: number;
  readonly expiresAt: number;
  readonly keys: readonly ToldKey[];
  readonly checkpoints: readonly EnrolledCheckpoint[];
}

interface ToldKey {
  readonly keyId: number;
  readonly publicKey: string;
  readonly isRevoked: boolean;
}

function listedIn(keys: readonly ToldKey[]): readonly ListedKey[] {
  return keys.map(({ publicKey, ...key }) => {
    return { ...key, publicKey: bytesIn(publicKey) ?? new Uint8Array(0) };
  });
}

/** Changes do not tell of keys: whoever misses a revocation needs the whole package. */
function sinceOf({ position, keys }: Pick<OfflinePackage, 'position' | 'keys'>): string {
  const revoked = keys.filter(({ isRevoked }) => isRevoked).length;
  return `&since=${position}&revoked=${revoked}`;
}

/** A show is no longer listed a day after its doors opened; then it has no title here. */
async function titleOf(event: EventId): Promise<string> {
  try {
    return (await fetchShows()).find(({ id }) => id === event)?.title ?? '';
  } catch {
    // The device is let in, and its code is used up: a title is not worth losing that.
    return '';
  }
}

async function ask(path: string, options: RequestInit = {}): Promise<Response> {
  const response = await fetch(path, { ...options, signal: AbortSignal.timeout(answerMs) }).catch(
    (cause: unknown) => {
      throw new ApiError(0, { cause });
    },
  );
  if (!response.ok) throw new ApiError(response.status);
  return response;
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    // It broke off on the way.
    throw new ApiError(0, { cause });
  }
}

/** Our own server speaks; what it says is looked at where it matters: keys and packages. */
async function read<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch (cause) {
    // It broke off on the way.
    throw new ApiError(0, { cause });
  }
}
