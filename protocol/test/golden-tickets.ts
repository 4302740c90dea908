import { encodeBase45 } from '../src/base45.ts';
import type { EventId } from '../src/ids.ts';
import {
  encodePayload,
  encodeTicket,
  eventNumber,
  priceKinds,
  type Sign,
  signTicket,
  type Ticket,
  ticketMessage,
} from '../src/ticket.ts';
import { smallPoints, withUnreducedScalar } from './crafted-keys.ts';
import {
  event,
  flipped,
  type GoldenKey,
  golden,
  goldenKeys,
  join,
  signerFor,
  text,
  ticketNumber,
  wordsOf,
} from './golden-ground.ts';

/** What `vectors/tickets.json` is made of: always the same, because all randomness has a seed. */
export interface GoldenTickets {
  readonly event: EventId;
  readonly keys: readonly GoldenKey[];
  readonly tickets: readonly GoldenTicket[];
}

/** What was done to a ticket, its code, and what every verifier must say of it. */
export type GoldenTicket = readonly [name: string, code: string, outcome: string];

const otherEvent = '019c2e0a-7b11-7cc3-9f26-58d1a2b3c4d6' as EventId;

const { first, second, revoked, stranger } = golden;

export function goldenTickets(): GoldenTickets {
  const tickets = [
    ...genuine(900),
    ...flippedBits(6),
    ...[forged, foreign, misspelled].flatMap((make) => make()),
  ];
  // The rest are bit flips anywhere, so that the number is round.
  return { event, keys: goldenKeys, tickets: [...tickets, ...randomFlips(2_000 - tickets.length)] };
}

/** Every kind and flag, both good keys, the smallest and the largest numbers. */
function genuine(count: number): GoldenTicket[] {
  return Array.from({ length: count }, (_, at) => {
    const ticket = ticketNumber(at);
    const isEnough = !ticket.isRotating || ticket.isPrintable;
    const code = signTicket(ticket, signerFor(ticket.keyId));
    return isEnough ? ['genuine', code, 'genuine'] : ['static', code, 'rotating_needed'];
  });
}

/** One bit at every byte, payload and signature, of some tickets. */
function flippedBits(count: number): GoldenTicket[] {
  return Array.from({ length: count }, (_, at) => {
    const bytes = signed(ticketNumber(at));
    return Array.from(bytes, (_, place) => flipped(bytes, place, (at + place) % 8));
  }).flatMap((codes) => codes.map((bytes) => mutated('bit flipped', bytes)));
}

function randomFlips(count: number): GoldenTicket[] {
  return Array.from({ length: count }, (_, at) => {
    const bytes = signed(ticketNumber(at));
    const place = wordsOf(`flip ${at}`)[0]! % (bytes.length * 8);
    return mutated('bit flipped', flipped(bytes, place >> 3, place & 7));
  });
}

/** Signatures that are none. */
function forged(): GoldenTicket[] {
  const ticket = ticketNumber(0);
  const payload = encodePayload(ticket);
  const signature = first.sign(ticketMessage(payload));
  const [low, high] = [signature.subarray(0, 32), signature.subarray(32)];
  const bad: [string, Uint8Array][] = [
    ['S + L', withUnreducedScalar(signature)],
    ['S of zeros', join(low, new Uint8Array(32))],
    ['S of ones', join(low, new Uint8Array(32).fill(255))],
    ['all zeros', new Uint8Array(64)],
    ['halves exchanged', join(high, low)],
    ["another ticket's", first.sign(ticketMessage(encodePayload(ticketNumber(2))))],
    ["another key's", second.sign(ticketMessage(payload))],
    ["a stranger's", stranger.sign(ticketMessage(payload))],
    ['no purpose', first.sign(payload)],
    ['purpose of an access token', first.sign(join(text('ingressou/access/v1\0'), payload))],
    ['purpose of a package', first.sign(join(text('ingressou/package/v1\0'), payload))],
    ['purpose without its end', first.sign(join(text('ingressou/ticket/v1'), payload))],
    ['purpose of version 2', first.sign(join(text('ingressou/ticket/v2\0'), payload))],
    ...smallPoints.map((point): [string, Uint8Array] => [
      'R of small order',
      join(point, new Uint8Array(32)),
    ]),
    ['R not canonical', join(new Uint8Array(32).fill(255), high)],
  ];
  return bad.map(([name, wrong]) => [name, encodeTicket(payload, wrong), 'bad_signature']);
}

/** Right codes of something else. */
function foreign(): GoldenTicket[] {
  const make = (changes: Partial<Ticket>, by: Sign) =>
    signTicket({ ...ticketNumber(0), ...changes }, by);
  return [
    ['of another event', make({ event: eventNumber(otherEvent) }, first.sign), 'wrong_event'],
    ['of another event, by its key', make({ event: 1 }, stranger.sign), 'wrong_event'],
    ['by an unknown key', make({ keyId: 4 }, stranger.sign), 'unknown_key'],
    ['by key 0', make({ keyId: 0 }, first.sign), 'unknown_key'],
    ['by key 257', make({ keyId: 257 }, first.sign), 'unknown_key'],
    ['by a revoked key', make({ keyId: 3 }, revoked.sign), 'revoked_key'],
    ['by a revoked key, badly', make({ keyId: 3 }, first.sign), 'revoked_key'],
    ['says key 2, by key 1', make({ keyId: 2 }, first.sign), 'bad_signature'],
  ];
}

/** Texts that are no code at all, or not as a code is spelled. */
function misspelled(): GoldenTicket[] {
  const bytes = signed(ticketNumber(0));
  const code = encodeBase45(bytes);
  const version = (number: number) => encodeBase45(Uint8Array.from([number, ...bytes.slice(1)]));
  const flags = (...pair: [number, number]) =>
    encodeBase45(Uint8Array.from([1, ...pair, ...bytes.slice(3)]));
  return [
    ['nothing', '', 'empty'],
    ...Array.from(bytes, (_, length) => ofLength('truncated', bytes.subarray(0, length))),
    ofLength('signature of 63 bytes', bytes.subarray(0, -1)),
    ofLength('signature of 65 bytes', join(bytes, Uint8Array.of(0))),
    ofLength('a second signature', join(bytes, bytes.subarray(27))),
    ['a character too few', code.slice(0, -1), 'foreign_text'],
    ['a character too many', `${code}0`, 'wrong_length'],
    ['a space before', ` ${code}`, 'foreign_text'],
    ['a line end behind', `${code}\n`, 'foreign_text'],
    ['a byte order mark before', `\uFEFF${code}`, 'foreign_text'],
    ['small letters', code.toLowerCase(), 'foreign_text'],
    ['a group above 65535', `:::${code.slice(3)}`, 'foreign_text'],
    ['a last group above 255', `${code.slice(0, -2)}::`, 'foreign_text'],
    ['digits of another script', code.replace('0', '٠'), 'foreign_text'],
    ['control characters', '\0\x07\x1B[2J\x1B[31mADMITTED'.padEnd(137, '\x08'), 'foreign_text'],
    ['HTML', '<img src=x onerror=alert(1)>'.padEnd(137, '>'), 'foreign_text'],
    ['SQL', "'; drop table ticket_key; --".padEnd(137), 'foreign_text'],
    ['emoji', '🎟️'.repeat(40), 'foreign_text'],
    ['a lone surrogate', '\uD800'.repeat(137), 'foreign_text'],
    ['a web address', 'https://ingressou.example/t/1', 'web_address'],
    ['a web address in capitals', 'HTTPS://INGRESSOU.EXAMPLE/T/1', 'web_address'],
    ['a script address', 'javascript://%0aalert(1)', 'web_address'],
    ['10 KB', '0'.repeat(10_240), 'too_long'],
    ['10 KB that begin as a ticket', code.padEnd(10_240, '0'), 'too_long'],
    ['a barcode of groceries', '789123456789500', 'unknown_version'],
    ...[0, 2, 3, 128, 255].map(
      (number): GoldenTicket => [`version ${number}`, version(number), 'unknown_version'],
    ),
    ['a price nobody knows', flags(0, 15), 'unknown_flags'],
    ['a flag nobody knows', flags(1, 0), 'unknown_flags'],
  ];
}

function ofLength(name: string, bytes: Uint8Array): GoldenTicket {
  return [name, encodeBase45(bytes), bytes.length === 0 ? 'empty' : 'wrong_length'];
}

/** By the layout alone, not by our own reader: which question a flipped bit runs into. */
function mutated(name: string, bytes: Uint8Array): GoldenTicket {
  const view = new DataView(Uint8Array.from(bytes).buffer);
  const flags = view.getUint16(1);
  const keyId = view.getUint16(3);
  const outcome = (): string => {
    if (view.getUint8(0) !== 1) return 'unknown_version';
    if (flags > 255 || (flags & 15) >= priceKinds.length) return 'unknown_flags';
    if (view.getUint32(5) !== eventNumber(event)) return 'wrong_event';
    if (keyId < 1 || keyId > 3) return 'unknown_key';
    return keyId === 3 ? 'revoked_key' : 'bad_signature';
  };
  return [name, encodeBase45(bytes), outcome()];
}

function signed(ticket: Ticket): Uint8Array {
  const payload = encodePayload(ticket);
  return join(payload, signerFor(ticket.keyId)(ticketMessage(payload)));
}
