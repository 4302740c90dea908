import { base45Length, decodeBase45, encodeBase45 } from './base45.ts';
import { type Sign, signatureBytes } from './ed25519.ts';
import {
  decodePayload,
  encodePayload,
  TICKET_VERSION,
  type Ticket,
  ticketPayloadBytes,
} from './ticket-payload.ts';

/**
 * A ticket code is what its QR code says: the payload and an Ed25519 signature, in Base45. Its
 * length is always the same, and small enough for version 6 of QR at level M (154 characters).
 */
export const ticketCodeLength = base45Length(ticketPayloadBytes + signatureBytes);

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

/** A code taken apart; nothing about its signature is known. */
export interface ReadCode {
  readonly ticket: Ticket;
  /** What the signature must be of. */
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** The text of a QR code is hostile until this has read it: bounded work, whatever it is. */
export function decodeTicket(text: string): ReadCode | TicketFault {
  const bytes = bytesOf(text);
  if (typeof bytes === 'string') return bytes;
  if (bytes[0] !== TICKET_VERSION) return 'unknown_version';
  if (text.length !== ticketCodeLength) return 'wrong_length';
  const payload = bytes.subarray(0, ticketPayloadBytes);
  const ticket = decodePayload(payload);
  if (ticket === 'unknown_flags') return ticket;
  return { ticket, message: ticketMessage(payload), signature: bytes.subarray(ticketPayloadBytes) };
}

/**
 * Signs a ticket and returns its code.
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

/** A signature says what it is for, so that none made for another purpose is a ticket. */
export function ticketMessage(payload: Uint8Array): Uint8Array {
  return joined(domain, payload);
}

const domain = new TextEncoder().encode('ingressou/ticket/v1\0');

/** The longest of all codes, the rotating one, fits version 10 of QR at level M. */
const codeLengthMax = 311;

function bytesOf(text: string): Uint8Array | TicketFault {
  if (text.length === 0) return 'empty';
  if (/^[a-z][a-z0-9+.-]{1,15}:\/\//i.test(text)) return 'web_address';
  if (text.length > codeLengthMax) return 'too_long';
  return decodeBase45(text) ?? 'foreign_text';
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
