import { uint16At, uint32At, writeUint16, writeUint32 } from './bytes.ts';
import type { EventId } from './ids.ts';

/**
 * What a ticket says, without its signature. Dense, because it must fit a small QR code; without
 * anything personal, because anybody may photograph it.
 */
export interface Ticket {
  /** Which of the show's keys has signed it. */
  readonly keyId: number;
  /** `eventNumber` of its show. */
  readonly event: number;
  /** Its number within the show, counted from the first one sold. */
  readonly serial: number;
  /** How often it was issued again; codes of older revisions are void. */
  readonly revision: number;
  /** The number of its lot: lots are counted from 0 in the order in which the show got them. */
  readonly lot: number;
  readonly price: PriceKind;
  /** It admits the person it was sold to and nobody else: the gate compares a document. */
  readonly isNominal: boolean;
  /** It may be held by somebody under age. */
  readonly isMinor: boolean;
  /** It is shown as a code that changes every few seconds, made by the phone it was activated on. */
  readonly isRotating: boolean;
  /** It may be shown on paper, even if it is a rotating one. */
  readonly isPrintable: boolean;
  /** From when it admits, in milliseconds since 1970, to the second; 0 means always. */
  readonly notBefore: number;
  /** For how long after that; 0 means for ever. */
  readonly validHours: number;
  /** Random, so that nobody can make the text of a ticket from what is known about it. */
  readonly salt: number;
}

/**
 * Full price, or by which law half of it is paid; what the gate must be shown follows from it. The
 * order is what codes say and never changes.
 */
export const priceKinds = [
  'full',
  /** By which law was not told. */
  'half',
  'student',
  /** ID Jovem. */
  'young_low_income',
  'disabled',
  'companion',
  'senior',
  'teacher',
  /** Another law of the state or city. */
  'local_law',
] as const;

export type PriceKind = (typeof priceKinds)[number];

export const TICKET_VERSION = 1;
export const ticketPayloadBytes = 27;

/**
 *     0 version u8 · 1 flags u16 · 3 key id u16 · 5 event u32 · 9 serial u32 · 13 revision u16
 *     15 lot u16 · 17 not before u32 (seconds) · 21 valid u16 (hours) · 23 salt u32
 *
 * Large end first. The first two bytes are 01 00 in every ticket of this version, so its text begins
 * with "V50" and never with a space, which scanners like to trim.
 */
const flag = {
  price: 0x000f,
  nominal: 0x10,
  minor: 0x20,
  rotating: 0x40,
  printable: 0x80,
} as const;
const knownFlags = 0x00ff;

/** @throws {RangeError} a number does not fit its field */
export function encodePayload(ticket: Ticket): Uint8Array {
  const bytes = new Uint8Array(ticketPayloadBytes);
  bytes[0] = TICKET_VERSION;
  writeUint16(bytes, 1, flagsOf(ticket));
  writeUint16(bytes, 3, within(ticket.keyId, 0xffff));
  writeUint32(bytes, 5, within(ticket.event, 0xffffffff));
  writeUint32(bytes, 9, within(ticket.serial, 0xffffffff));
  writeUint16(bytes, 13, within(ticket.revision, 0xffff));
  writeUint16(bytes, 15, within(ticket.lot, 0xffff));
  writeUint32(bytes, 17, within(ticket.notBefore / 1000, 0xffffffff));
  writeUint16(bytes, 21, within(ticket.validHours, 0xffff));
  writeUint32(bytes, 23, within(ticket.salt, 0xffffffff));
  return bytes;
}

/** The other way round, of bytes that have the length and the version. */
export function decodePayload(bytes: Uint8Array): Ticket | 'unknown_flags' {
  const flags = uint16At(bytes, 1);
  const price = priceKinds[flags & flag.price];
  if (price === undefined || (flags & ~knownFlags) !== 0) return 'unknown_flags';
  return {
    keyId: uint16At(bytes, 3),
    event: uint32At(bytes, 5),
    serial: uint32At(bytes, 9),
    revision: uint16At(bytes, 13),
    lot: uint16At(bytes, 15),
    price,
    isNominal: (flags & flag.nominal) !== 0,
    isMinor: (flags & flag.minor) !== 0,
    isRotating: (flags & flag.rotating) !== 0,
    isPrintable: (flags & flag.printable) !== 0,
    notBefore: uint32At(bytes, 17) * 1000,
    validHours: uint16At(bytes, 21),
    salt: uint32At(bytes, 23),
  };
}

/** When a ticket stops admitting; `Infinity` when it never does. */
export function ticketEnd({ notBefore, validHours }: Ticket): number {
  return validHours === 0 ? Number.POSITIVE_INFINITY : notBefore + validHours * 3_600_000;
}

/**
 * The number that tickets call their show by: the four 32-bit words of its id, XORed. It needs no
 * hash, which browsers only have as a promise, and any word that is random makes it so. It keeps
 * shows apart for people ("this is for another show"); what keeps them apart for good is that every
 * show signs with keys of its own.
 */
export function eventNumber(event: EventId): number {
  const digits = event.replaceAll('-', '');
  let number = 0;
  for (let at = 0; at < digits.length; at += 8) {
    number ^= Number.parseInt(digits.slice(at, at + 8), 16);
  }
  return number >>> 0;
}

function flagsOf({ price, isNominal, isMinor, isRotating, isPrintable }: Ticket): number {
  return (
    within(priceKinds.indexOf(price), flag.price) |
    (isNominal ? flag.nominal : 0) |
    (isMinor ? flag.minor : 0) |
    (isRotating ? flag.rotating : 0) |
    (isPrintable ? flag.printable : 0)
  );
}

function within(value: number, max: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new RangeError(`A ticket cannot say ${value}: it must be a whole number up to ${max}.`);
}
