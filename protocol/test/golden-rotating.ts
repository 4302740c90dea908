import { encodeBase45 } from '../src/base45.ts';
import type { EventId } from '../src/ids.ts';
import { encodePayload, eventNumber, type Sign, type Ticket } from '../src/ticket.ts';
import { bindingMessage, slotMs, ticketMessage, turnMessage } from '../src/ticket-code.ts';
import { oddPoints, smallPoints, withUnreducedScalar } from './crafted-keys.ts';
import {
  event,
  flipped,
  type GoldenKey,
  golden,
  goldenKeys,
  join,
  signerFor,
  ticketNumber,
} from './golden-ground.ts';

/** What `vectors/rotating-codes.json` is made of. */
export interface GoldenRotating {
  readonly event: EventId;
  readonly keys: readonly GoldenKey[];
  readonly codes: readonly GoldenCode[];
}

/** A code, when it is shown, and what every verifier must say of it then. */
export type GoldenCode = readonly [name: string, code: string, now: number, outcome: string];

/** The first millisecond of a slot. */
const begin = slotMs * 120_000_000;
const ticket: Ticket = { ...ticketNumber(0), isRotating: true, isPrintable: false };
const { holder, thief, stranger } = golden;

export function goldenRotating(): GoldenRotating {
  return { event, keys: goldenKeys, codes: [...times(), ...kinds(), ...forged(), ...flips()] };
}

/** Good in its slot, the one before and the one after. */
function times(): GoldenCode[] {
  const code = encodeBase45(codeOf());
  const cases: [number, string][] = [
    [0, 'genuine'],
    [slotMs - 1, 'genuine'],
    [-1, 'genuine'],
    [-slotMs, 'genuine'],
    [-slotMs - 1, 'stale_code'],
    [2 * slotMs - 1, 'genuine'],
    [2 * slotMs, 'stale_code'],
    [86_400_000, 'stale_code'],
    [-begin, 'stale_code'],
  ];
  return cases.map(([late, outcome]) => [`${late} ms later`, code, begin + late, outcome]);
}

/** Tickets of every kind that are bound, and what else may be wrong with them. */
function kinds(): GoldenCode[] {
  const tickets = Array.from({ length: 40 }, (_, at) => ticketNumber(at));
  const make = (changes: Partial<Ticket>) => codeOf({ ...ticket, ...changes });
  return [
    ...tickets.map((each) => row('genuine', codeOf({ ...each, isRotating: true }), 'genuine')),
    row('of another event', make({ event: eventNumber(event) ^ 1 }), 'wrong_event'),
    row('by an unknown key', make({ keyId: 4 }), 'unknown_key'),
    row('by a revoked key', make({ keyId: 3 }), 'revoked_key'),
    row('not a rotating ticket', make({ isRotating: false }), 'bad_signature'),
    row('not a rotating ticket, bit set later', withRotatingBit(), 'bad_signature'),
  ];
}

function forged(): GoldenCode[] {
  const right = codeOf();
  const keys = [...smallPoints, ...oddPoints];
  return [
    row("by a stranger's key", codeOf(ticket, { by: stranger.sign }), 'bad_signature'),
    row('shown by a thief', codeOf(ticket, { turnedBy: thief.sign }), 'bad_signature'),
    row("with a thief's key", replaced(right, 27, hex(thief.publicKey)), 'bad_signature'),
    row("with a thief's key and turn", stolen(), 'bad_signature'),
    row('signed as a static code', codeOf(ticket, { message: ticketMessage }), 'bad_signature'),
    row('slot of later', replaced(right, 126, Uint8Array.of(right[126]! + 1)), 'bad_signature'),
    row(
      'turn of another slot',
      join(right.slice(0, 127), codeOf(ticket, { slot: 1 }).slice(127)),
      'bad_signature',
    ),
    row(
      'S + L of the show',
      replaced(right, 59, withUnreducedScalar(right.slice(59, 123))),
      'bad_signature',
    ),
    row(
      'S + L of the holder',
      replaced(right, 127, withUnreducedScalar(right.slice(127))),
      'bad_signature',
    ),
    ...keys.map((key) =>
      row("holder's key of small order", codeOf(ticket, { key }), 'bad_signature'),
    ),
    ...[1, 64, 68, 127, 190].map((length) =>
      row('truncated', right.slice(0, length), 'wrong_length'),
    ),
    ['longer', encodeBase45(join(right, Uint8Array.of(0))), begin, 'too_long'],
    ['the bound ticket alone', encodeBase45(right.slice(0, 123)), begin, 'wrong_length'],
  ];
}

/** One bit at every byte behind the payload, whose own bits are golden tickets' matter. */
function flips(): GoldenCode[] {
  const right = codeOf();
  return Array.from(right.subarray(27), (_, at) =>
    row('bit flipped', flipped(right, at + 27, at % 8), 'bad_signature'),
  );
}

interface Making {
  readonly by?: Sign;
  readonly turnedBy?: Sign;
  readonly key?: Uint8Array;
  readonly slot?: number;
  readonly message?: (payload: Uint8Array, key: Uint8Array) => Uint8Array;
}

function codeOf(of: Ticket = ticket, making: Making = {}): Uint8Array {
  const { by = signerFor(of.keyId), turnedBy = holder.sign, key = hex(holder.publicKey) } = making;
  const { slot = 0, message = bindingMessage } = making;
  const payload = encodePayload(of);
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, begin / slotMs + slot);
  const turned = join(payload, key, by(message(payload, key)), number);
  return join(turned, turnedBy(turnMessage(turned)));
}

/** The thief has their own key and signs with it; the show has never bound it. */
function stolen(): Uint8Array {
  const turned = replaced(codeOf().slice(0, 127), 27, hex(thief.publicKey));
  return join(turned, thief.sign(turnMessage(turned)));
}

function withRotatingBit(): Uint8Array {
  return flipped(codeOf({ ...ticket, isRotating: false }), 2, 6);
}

function row(name: string, bytes: Uint8Array, outcome: string): GoldenCode {
  return [name, encodeBase45(bytes), begin, outcome];
}

function replaced(bytes: Uint8Array, at: number, by: Uint8Array): Uint8Array {
  return join(bytes.slice(0, at), by, bytes.slice(at + by.length));
}

function hex(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}
