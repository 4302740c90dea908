import { base45Length, decodeBase45, encodeBase45 } from './base45.ts';
import { joined, uint32At } from './bytes.ts';
import { publicKeyBytes, type Sign, signatureBytes } from './ed25519.ts';
import {
  decodePayload,
  encodePayload,
  TICKET_VERSION,
  type Ticket,
  ticketPayloadBytes,
} from './ticket-payload.ts';

/**
 * A ticket code is what a QR code says, in Base45. There are two, told apart by their lengths:
 *
 *     static      payload 27 · signature of the show 64
 *                 91 bytes, 137 characters: version 6 of QR at level M takes 154
 *     rotating    payload 27 · key of the holder 32 · signature of the show over both 64
 *                 · slot u32 · signature of the holder over all of it 64
 *                 191 bytes, 287 characters: version 10 takes 311
 *
 * What the show signs says what it is for, so that a signature over a static code, a package or an
 * access token is none over a holder's key. A gate needs the show's public keys and nothing else.
 */
export const ticketCodeBytes = ticketPayloadBytes + signatureBytes;
export const ticketCodeLength = base45Length(ticketCodeBytes);
/** A ticket that is bound to its holder's key: what the phone keeps. */
export const boundTicketBytes = ticketPayloadBytes + publicKeyBytes + signatureBytes;
const slotBytes = 4;
export const rotatingCodeBytes = boundTicketBytes + slotBytes + signatureBytes;
export const rotatingCodeLength = base45Length(rotatingCodeBytes);

/** A rotating code is made anew this often. */
export const slotMs = 15_000;

/** Why a scanned text is not a ticket code; a closed list. */
export type TicketFault =
  | 'empty'
  /** Longer than anything we ever print. */
  | 'too_long'
  | 'web_address'
  /** Not Base45, or not as it is spelled. */
  | 'foreign_text'
  | 'wrong_length'
  /** A version that a newer scanner would know. */
  | 'unknown_version'
  | 'unknown_flags';

/** A code taken apart; nothing about its signatures is known. */
export interface ReadCode {
  readonly ticket: Ticket;
  /** By the show. */
  readonly seal: Seal;
  /** Of a rotating code. */
  readonly turn?: Turn;
}

/** A signature and what it must be of. */
export interface Seal {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** What the holder's phone adds, every few seconds. */
export interface Turn {
  readonly holderKey: Uint8Array;
  /** `slotAt` the time at which it was made. */
  readonly slot: number;
  readonly seal: Seal;
}

/** The text of a QR code is hostile until this has read it: bounded work, whatever it is. */
export function decodeTicket(text: string): ReadCode | TicketFault {
  const bytes = bytesOf(text);
  if (typeof bytes === 'string') return bytes;
  if (bytes[0] !== TICKET_VERSION) return 'unknown_version';
  const isRotating = bytes.length === rotatingCodeBytes;
  if (!isRotating && bytes.length !== ticketCodeBytes) return 'wrong_length';
  const payload = bytes.subarray(0, ticketPayloadBytes);
  const ticket = decodePayload(payload);
  if (ticket === 'unknown_flags') return ticket;
  return isRotating ? readRotating(ticket, payload, bytes) : readStatic(ticket, payload, bytes);
}

/**
 * Signs a ticket and returns its static code.
 *
 * @throws {RangeError} a number does not fit
 */
export function signTicket(ticket: Ticket, sign: Sign): string {
  const payload = encodePayload(ticket);
  return encodeTicket(payload, sign(ticketMessage(payload)));
}

/** The text of a payload and its signature. */
export function encodeTicket(payload: Uint8Array, signature: Uint8Array): string {
  return encodeBase45(joined(payload, signature));
}

export function ticketMessage(payload: Uint8Array): Uint8Array {
  return joined(ticketDomain, payload);
}

/** What the show signs of a ticket and its holder's key. */
export function bindingMessage(payload: Uint8Array, holderKey: Uint8Array): Uint8Array {
  return joined(bindingDomain, payload, holderKey);
}

/** What the holder's phone signs of a bound ticket and a slot. */
export function turnMessage(boundAndSlot: Uint8Array): Uint8Array {
  return joined(turnDomain, boundAndSlot);
}

const utf8 = new TextEncoder();
const ticketDomain = utf8.encode('ingressou/ticket/v1\0');
const bindingDomain = utf8.encode('ingressou/binding/v1\0');
const turnDomain = utf8.encode('ingressou/rotating/v1\0');

function bytesOf(text: string): Uint8Array | TicketFault {
  if (text.length === 0) return 'empty';
  if (/^[a-z][a-z0-9+.-]{1,15}:\/\//i.test(text)) return 'web_address';
  if (text.length > rotatingCodeLength) return 'too_long';
  return decodeBase45(text) ?? 'foreign_text';
}

function readStatic(ticket: Ticket, payload: Uint8Array, bytes: Uint8Array): ReadCode {
  const signature = bytes.subarray(ticketPayloadBytes);
  return { ticket, seal: { message: ticketMessage(payload), signature } };
}

function readRotating(ticket: Ticket, payload: Uint8Array, bytes: Uint8Array): ReadCode {
  const keyEnd = ticketPayloadBytes + publicKeyBytes;
  const holderKey = bytes.subarray(ticketPayloadBytes, keyEnd);
  const seal = {
    message: bindingMessage(payload, holderKey),
    signature: bytes.subarray(keyEnd, boundTicketBytes),
  };
  const slotEnd = boundTicketBytes + slotBytes;
  const turn: Turn = {
    holderKey,
    slot: uint32At(bytes, boundTicketBytes),
    seal: { message: turnMessage(bytes.subarray(0, slotEnd)), signature: bytes.subarray(slotEnd) },
  };
  return { ticket, seal, turn };
}
