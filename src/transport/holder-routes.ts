import { randomBytes } from 'node:crypto';
import {
  type CommandId,
  type EventId,
  type LotId,
  type LotView,
  type OrderId,
  type Rejection,
  type SubjectId,
  type TicketView,
  uuid7,
} from '@ingressou/protocol';
import { bytesIn } from '@ingressou/protocol/admission';
import { type BindTicketRequest, bindTicketRequest } from '@ingressou/protocol/requests';
import { importKey, KeyError } from '@ingressou/protocol/ticket';
import type { Catalog } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { Commands } from '../ports/commands.ts';
import {
  type BuyerOrder,
  type BuyerOrderOptions,
  buyer,
  ofMyOrder,
  privately,
} from './buyer-orders.ts';
import { type HttpRequest, type HttpResponse, json, problem, type Route } from './http.ts';
import { parseBody } from './http-body.ts';
import { RateLimiter } from './rate-limiter.ts';

export interface HolderRouteOptions extends BuyerOrderOptions {
  readonly commands: Commands;
  readonly catalog: Pick<Catalog, 'byId'>;
  readonly phones: PhoneTickets;
  /** The time of the shows, by which codes rotate. */
  readonly clock: Pick<Clock, 'now'>;
  /** The machine's own time. */
  readonly wallClock: Pick<Clock, 'now'>;
}

/** Tickets for the phones that show them. */
export interface PhoneTickets {
  /** The text that a phone keeps: a ticket and the phone's key, signed together by the show. */
  bind(
    event: EventId,
    lots: ReadonlyMap<LotId, Omit<LotView, 'available'>>,
    ticket: Pick<TicketView, 'serial' | 'revision' | 'lot'>,
    holderKey: Uint8Array,
  ): Promise<string>;
}

const operators = { roles: ['ADMIN'], show: 'show' } as const;
/** A person has some phones; whoever asks more often tries something out. */
const bindRate = { perSecond: 0.5, burst: 30 };

/** Which phone shows a ticket whose code rotates. */
export function holderRoutes(options: HolderRouteOptions): readonly Route[] {
  const limiter = new RateLimiter(bindRate);
  return [
    {
      method: 'POST',
      path: '/v1/orders/:id/tickets/:serial/holder',
      policy: buyer,
      answer: async (request, { subject }) => {
        const waitMs = limiter.take(subject, options.wallClock.now());
        if (waitMs > 0) return tooFast(waitMs);
        return await ofMyOrder(options, request, subject, (found) => {
          return bind(options, request, subject, found);
        });
      },
    },
    {
      method: 'DELETE',
      path: '/v1/shows/:show/tickets/:serial/holder',
      policy: operators,
      answer: (request) => free(options, request),
    },
  ];
}

async function bind(
  options: HolderRouteOptions,
  request: HttpRequest,
  subject: SubjectId,
  { event, order }: BuyerOrder,
): Promise<HttpResponse> {
  const body = parseBody<BindTicketRequest>(request, bindTicketRequest);
  if (!body.isGood) return body.refusal;
  const holderKey = keyIn(body.value);
  if (holderKey === undefined) {
    return problem(400, 'invalid_key', 'This is no Ed25519 key to rely on.');
  }
  const ticket = order.tickets.find(({ serial }) => serial === serialIn(request));
  if (ticket === undefined) return refused({ reason: 'ticket_not_found' });
  const about = { order: order.id, subject, serial: ticket.serial };
  const revision = await revisionFor(options, event, about, body.value, holderKey);
  if (typeof revision !== 'number') return refused(revision);
  const view = await options.commands.ask(event, { type: 'view' });
  if (!view.accepted) return refused(view.rejection);
  const { lots } = view.value;
  const bound = await options.phones.bind(event, lots, { ...ticket, revision }, holderKey);
  const { serial, lot } = ticket;
  const sign = { show: await signOf(options, event), ...placeOf(lots.get(lot)) };
  const at = options.clock.now();
  return json(200, { event, order: order.id, serial, revision, bound, at, ...sign }, privately);
}

/** The revision at which the ticket is this phone's, which it may have been before. */
async function revisionFor(
  { commands }: HolderRouteOptions,
  event: EventId,
  about: { readonly order: OrderId; readonly subject: SubjectId; readonly serial: number },
  { id, mayMove = false }: BindTicketRequest,
  holderKey: Uint8Array,
): Promise<number | Rejection> {
  const known = await commands.ask(event, { type: 'holder', ...about });
  const holder = known.accepted ? known.value : null;
  if (holder !== null && isSame(holder.holderKey, holderKey)) return holder.revision;
  const command = { type: 'bind_ticket', id, ...about, holderKey, mayMove } as const;
  const answer = await commands.submit(event, command);
  if (!answer.accepted) return answer.rejection;
  const { told } = answer;
  const revision = told?.type === 'bound' ? told.revision : null;
  // An old wish that comes late: another phone has it by now.
  return revision ?? { reason: 'ticket_bound', movesLeft: 0 };
}

async function free(
  { commands, wallClock }: HolderRouteOptions,
  request: HttpRequest,
): Promise<HttpResponse> {
  const serial = serialIn(request);
  const id = uuid7<CommandId>(wallClock.now(), randomBytes(16));
  const event = request.parameters.show as EventId;
  const answer = await commands.submit(event, { type: 'free_ticket', id, serial });
  return answer.accepted ? json(200, { serial }, privately) : refused(answer.rejection);
}

function keyIn({ key }: BindTicketRequest): Uint8Array | undefined {
  try {
    return importKey(bytesIn(key) ?? new Uint8Array()).bytes;
  } catch (error) {
    // The gates would refuse it, too: better now than there.
    if (error instanceof KeyError) return undefined;
    throw error;
  }
}

/** What a phone shows around the code while it has no network. */
async function signOf({ catalog }: HolderRouteOptions, event: EventId) {
  const show = await catalog.byId(event);
  if (show === undefined) return undefined;
  const { slug, title, venue, city, uf, startsAt } = show;
  return { slug, title, venue, city, uf, startsAt };
}

function placeOf(lot: Omit<LotView, 'available'> | undefined) {
  const { sector = '', name = '', isHalf = false, isPrintable = false } = lot ?? {};
  return { sector, lot: name, isHalf, isPrintable };
}

/** 0 for what is no serial, which no ticket has. */
function serialIn({ parameters }: HttpRequest): number {
  const { serial = '' } = parameters;
  return /^\d{1,9}$/.test(serial) ? Number(serial) : 0;
}

function isSame(some: Uint8Array, others: Uint8Array): boolean {
  return some.length === others.length && some.every((byte, at) => byte === others[at]);
}

const statuses: Readonly<Partial<Record<Rejection['reason'], number>>> = {
  show_not_found: 404,
  order_not_found: 404,
  ticket_not_found: 404,
  invalid_parameter: 400,
  busy: 503,
  outcome_unknown: 503,
  internal_error: 500,
};

function refused({ reason }: Rejection): HttpResponse {
  const status = statuses[reason] ?? 409;
  const headers = status === 503 ? { ...privately, 'retry-after': '1' } : privately;
  return problem(status, reason, 'The show says no.', { headers });
}

function tooFast(waitMs: number): HttpResponse {
  const headers = { 'retry-after': String(Math.ceil(waitMs / 1000)) };
  return problem(429, 'too_fast', 'Too many requests: wait a little.', { headers });
}
