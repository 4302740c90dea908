import {
  type EventId,
  type LotId,
  type OrderId,
  type OrderView,
  type PaymentMethod,
  parseId,
  type TicketView,
} from '@ingressou/protocol';
import { RequestError } from './errors.ts';
import { isOrderView } from './server-messages.ts';

// What the server says of orders over HTTP. It is trusted to be ours but not to be of our age:
// fields that nobody here knows are left out.

/** How one may pay, and where a page finds what the provider has for browsers. */
export interface CheckoutSettings {
  readonly methods: readonly PaymentMethod[];
  /** Names the seller to the provider; not a secret. */
  readonly publicKey: string;
  readonly installmentsMax: number;
  /** Turns the fields of a card into a token. Absent without cards. */
  readonly tokenizeScriptUrl?: string;
  /** Lets the buyer's bank ask who they are. Absent where banks are not asked. */
  readonly challengeScriptUrl?: string;
  /** About the convenience fee, for people. */
  readonly feeNote: string;
}

export interface Payment {
  readonly method: PaymentMethod;
  readonly amountCents: number;
  /** Until when, in milliseconds since 1970 by the server's clock. */
  readonly payBy: number;
  /** Absent for a card, and when the code is paid or over. */
  readonly pix?: PixCode;
}

export interface PixCode {
  /** The text behind the QR code, for copy and paste. */
  readonly code: string;
  readonly expiresAt: number;
  /** The QR code as an SVG document. */
  readonly qrSvg: string;
}

/** A ticket with what is shown at the gate, unless it is revoked. */
export interface Ticket extends TicketView {
  /** What is in the QR code. */
  readonly code?: string;
  /** The QR code as an SVG document. */
  readonly qrSvg?: string;
  /** It is shown as a code that changes: by the phone that has it, and on paper if there is a code. */
  readonly isRotating?: true;
}

/** What a phone keeps of a ticket that it shows, to show it without a network. */
export interface PhoneTicket {
  readonly event: EventId;
  readonly order: OrderId;
  readonly serial: number;
  readonly revision: number;
  /** For `rotatingCode`: the ticket and the phone's key, signed by the show. */
  readonly bound: string;
  /** The server's time of the answer. */
  readonly at: number;
  readonly show: SignOfShow;
  readonly sector: string;
  readonly lot: string;
  readonly isHalf: boolean;
  /** Paper is enough, too. */
  readonly isPrintable: boolean;
}

export interface SignOfShow {
  readonly slug: string;
  readonly title: string;
  readonly venue: string;
  readonly city: string;
  readonly uf: string;
  readonly startsAt: number;
}

/** An order as lists have it: what it says may be some seconds old. */
export interface ListedOrder extends OrderView {
  readonly event: EventId;
}

export function parseSettings(body: unknown): CheckoutSettings {
  const { methods, publicKey, installmentsMax, feeNote, ...scripts } = recordOf(body);
  const { tokenizeScriptUrl, challengeScriptUrl } = scripts;
  return {
    methods: listOf(methods).filter((each) => each === 'pix' || each === 'card'),
    publicKey: typeof publicKey === 'string' ? publicKey : '',
    installmentsMax: typeof installmentsMax === 'number' ? installmentsMax : 1,
    feeNote: typeof feeNote === 'string' ? feeNote : '',
    ...(typeof tokenizeScriptUrl === 'string' && { tokenizeScriptUrl }),
    ...(typeof challengeScriptUrl === 'string' && { challengeScriptUrl }),
  };
}

export function parsePayment(body: unknown): Payment {
  const { method, amountCents, payBy, pix } = recordOf(body);
  return {
    method: method === 'card' ? 'card' : 'pix',
    amountCents: numberOf(amountCents),
    payBy: numberOf(payBy),
    ...(pix !== undefined && { pix: pixOf(recordOf(pix)) }),
  };
}

function pixOf({ code, expiresAt, qrSvg }: Readonly<Record<string, unknown>>): PixCode {
  return { code: textOf(code), expiresAt: numberOf(expiresAt), qrSvg: textOf(qrSvg) };
}

export function parseTickets(body: unknown): readonly Ticket[] {
  return listOf(recordOf(body).data).map((each) => {
    const { serial, revision, lot, status, code, qrSvg, isRotating } = recordOf(each);
    return {
      serial: numberOf(serial),
      revision: numberOf(revision),
      lot: parseId<LotId>(lot),
      status: status === 'valid' ? 'valid' : 'revoked',
      ...(typeof code === 'string' && { code }),
      ...(typeof qrSvg === 'string' && { qrSvg }),
      ...(isRotating === true && { isRotating }),
    };
  });
}

export function parsePhoneTicket(body: unknown): PhoneTicket {
  const { event, order, serial, revision, bound, at, show, ...place } = recordOf(body);
  const { slug, title, venue, city, uf, startsAt } = recordOf(show);
  return {
    event: parseId<EventId>(event),
    order: parseId<OrderId>(order),
    serial: numberOf(serial),
    revision: numberOf(revision),
    bound: textOf(bound),
    at: numberOf(at),
    show: {
      slug: textOf(slug),
      title: textOf(title),
      venue: textOf(venue),
      city: textOf(city),
      uf: textOf(uf),
      startsAt: numberOf(startsAt),
    },
    sector: textOf(place.sector),
    lot: textOf(place.lot),
    isHalf: place.isHalf === true,
    isPrintable: place.isPrintable === true,
  };
}

export function parseOrders(body: unknown): readonly ListedOrder[] {
  return listOf(recordOf(body).data).map(parseOrder);
}

export function parseOrder(body: unknown): ListedOrder {
  const { event, ...order } = recordOf(body);
  if (!isOrderView(order)) throw malformed();
  return { event: parseId<EventId>(event), ...order };
}

export function parseToken(body: unknown): string {
  return textOf(recordOf(body).token);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw malformed();
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw malformed();
}

function textOf(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw malformed();
}

function numberOf(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw malformed();
}

function malformed(): RequestError {
  return new RequestError(200, 'malformed_answer');
}
