import {
  type EventId,
  type LotId,
  type OrderStatus,
  type OrderView,
  type PaymentMethod,
  parseId,
} from '@ingressou/protocol';
import { RequestError } from './errors.ts';
import { isOrderView } from './server-messages.ts';

// What the server says of orders over HTTP. It is trusted to be ours but not to be of our age:
// fields that nobody here knows are left out.

/** How a show is paid for, and where a page finds the provider's scripts. */
export interface CheckoutSettings {
  readonly methods: readonly PaymentMethod[];
  /** Names the seller to the provider; not a secret. */
  readonly publicKey: string;
  readonly installmentsMax: number;
  /** Turns the fields of a card into a token. Absent without cards. */
  readonly tokenizeScript?: string;
  /** Lets the buyer's bank ask who they are. Absent where it is not asked. */
  readonly challengeScript?: string;
}

export interface Payment {
  readonly status: OrderStatus;
  /** Absent for a card. */
  readonly pix?: PixCode;
}

export interface PixCode {
  /** The text behind the QR code, for copy and paste. */
  readonly code: string;
  /** In milliseconds since 1970 by the server's clock. */
  readonly expiresAt: number;
}

/** A ticket that can be shown at the gate. */
export interface Ticket {
  readonly serial: number;
  readonly revision: number;
  readonly lot: LotId;
  /** What is in the QR code. */
  readonly code: string;
  /** The QR code as an SVG document. */
  readonly qrSvg: string;
  readonly holder?: string;
}

/** An order in the list of all that a buyer made. What it says may be some seconds old. */
export interface ListedOrder {
  readonly event: EventId;
  readonly createdAt: number;
  readonly order: OrderView;
}

export function parseSettings(body: unknown): CheckoutSettings {
  const { methods, publicKey, installmentsMax, tokenizeScript, challengeScript } = recordOf(body);
  return {
    methods: listOf(methods).filter((each) => each === 'pix' || each === 'card'),
    publicKey: typeof publicKey === 'string' ? publicKey : '',
    installmentsMax: typeof installmentsMax === 'number' ? installmentsMax : 1,
    ...(typeof tokenizeScript === 'string' && { tokenizeScript }),
    ...(typeof challengeScript === 'string' && { challengeScript }),
  };
}

export function parsePayment(body: unknown): Payment {
  const { status, pix } = recordOf(body);
  const found = { status: textOf(status) as OrderStatus };
  if (pix === undefined || pix === null) return found;
  const { code, expiresAt } = recordOf(pix);
  return { ...found, pix: { code: textOf(code), expiresAt: numberOf(expiresAt) } };
}

export function parseTickets(body: unknown): readonly Ticket[] {
  return listOf(recordOf(body).tickets).map((each) => {
    const { serial, revision, lot, code, qrSvg, holder } = recordOf(each);
    return {
      serial: numberOf(serial),
      revision: numberOf(revision),
      lot: parseId<LotId>(lot),
      code: textOf(code),
      qrSvg: textOf(qrSvg),
      ...(typeof holder === 'string' && { holder }),
    };
  });
}

export function parseOrders(body: unknown): readonly ListedOrder[] {
  return listOf(recordOf(body).data).map((each) => {
    const { event, createdAt, order } = recordOf(each);
    if (!isOrderView(order)) throw malformed();
    return { event: parseId<EventId>(event), createdAt: numberOf(createdAt), order };
  });
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
