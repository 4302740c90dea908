import { type EventId, limits } from '@ingressou/protocol';
import { blockOf } from '@ingressou/protocol/name-cards';
import type { Clock } from '../ports/clock.ts';
import type { Identity } from './access-tokens.ts';
import { privately } from './buyer-orders.ts';
import type { CardDesk } from './card-desk.ts';
import { refused } from './gate-refusals.ts';
import { type HttpRequest, type HttpResponse, problem, type RoleRoute } from './http.ts';
import { RateLimiter } from './rate-limiter.ts';

export interface CardRouteOptions {
  readonly cards: Pick<CardDesk, 'block'>;
  readonly wallClock: Pick<Clock, 'monotonic'>;
}

/** Of one scanner: a show of ten thousand tickets is there in some seconds. */
const blockRate = { perSecond: 4, burst: 20 };

/** The names that a scanner keeps: a block of tickets, each name readable with its ticket only. */
export function cardRoute(options: CardRouteOptions): RoleRoute {
  const limiter = new RateLimiter(blockRate);
  return {
    method: 'GET',
    path: '/v1/shows/:show/name-cards',
    policy: { roles: ['CHECKIN'], show: 'show' },
    answer: (request, identity) => blockFor(options, limiter, request, identity),
  };
}

async function blockFor(
  { cards, wallClock }: CardRouteOptions,
  limiter: RateLimiter,
  { parameters, query }: HttpRequest,
  { gate }: Identity,
): Promise<HttpResponse> {
  if (gate === undefined) return refused({ reason: 'device_not_found' });
  const wait = limiter.take(gate.id, wallClock.monotonic());
  if (wait > 0) {
    const headers = { 'retry-after': String(Math.ceil(wait / 1000)) };
    return problem(429, 'too_fast', 'This scanner asks for too much.', { headers });
  }
  const checkpoint = numberIn(query, 'checkpoint', 255);
  if (checkpoint === undefined) return refused({ reason: 'checkpoint_not_found' });
  const block = numberIn(query, 'block', blockOf(limits.serialsMax));
  if (block === undefined) return refused({ reason: 'invalid_parameter' });
  const question = { checkpoint, device: gate.id, block };
  const made = await cards.block(parameters.show as EventId, question);
  if (made === 'cards_off') {
    return problem(404, 'cards_off', 'There are no name cards at this checkpoint.');
  }
  if ('reason' in made) return refused(made);
  const headers = { ...privately, 'content-type': 'application/vnd.ingressou.name-cards' };
  return { status: 200, headers, body: made };
}

function numberIn(query: URLSearchParams, name: string, max: number): number | undefined {
  const text = query.get(name) ?? '';
  return /^\d{1,7}$/.test(text) && Number(text) <= max ? Number(text) : undefined;
}
