import { decodeBase45, encodeBase45 } from './base45.ts';
import { joined, writeUint32 } from './bytes.ts';
import { importKey, type Sign } from './ed25519.ts';
import { bindingMessage, boundTicketBytes, type Seal, slotMs, turnMessage } from './ticket-code.ts';
import { encodePayload, type Ticket } from './ticket-payload.ts';

// A rotating code cannot be photographed and shown by somebody else: it is good for some seconds,
// and only the phone it was activated on makes the next one. At activation the phone makes a key
// pair, keeps the private key, and the server signs ticket and public key together. From then on
// neither phone nor gate needs a network. Whoever activates a ticket again, on another phone, has it
// issued again first: its revision grows, and the first phone's codes are void.

/** Signs with a key that gives its answer later, as browsers' keys do. */
export type SignLater = (message: Uint8Array) => Promise<Uint8Array>;

/** Which slot it is. */
export function slotAt(now: number): number {
  return Math.floor(now / slotMs);
}

/**
 * Whether a code of that slot may be shown now: the one before is still on its way to the camera,
 * the one after is by a phone whose clock is a little ahead.
 */
export function isFresh(slot: number, now: number): boolean {
  return Math.abs(slot - slotAt(now)) <= 1;
}

/**
 * Binds a ticket to its holder's key: the text that the phone keeps.
 *
 * @throws {KeyError} the holder's key is none to rely on
 * @throws {RangeError} a number does not fit
 */
export function bindTicket(ticket: Ticket, holderKey: Uint8Array, sign: Sign): string {
  const payload = encodePayload({ ...ticket, isRotating: true });
  const { signature } = boundSeal(ticket, holderKey, sign);
  return encodeBase45(joined(payload, holderKey, signature));
}

/**
 * What the show signs when it binds a ticket, and codes of the phone carry: the same each time.
 *
 * @throws {KeyError}, {RangeError} as `bindTicket`
 */
export function boundSeal(ticket: Ticket, holderKey: Uint8Array, sign: Sign): Seal {
  const payload = encodePayload({ ...ticket, isRotating: true });
  const message = bindingMessage(payload, importKey(holderKey).bytes);
  return { message, signature: sign(message) };
}

/**
 * The code of a bound ticket for this moment.
 *
 * @throws {RangeError} the text is no bound ticket
 */
export async function rotatingCode(bound: string, now: number, sign: SignLater): Promise<string> {
  const bytes = decodeBase45(bound);
  if (bytes?.length !== boundTicketBytes) throw new RangeError('This is no bound ticket.');
  const slot = new Uint8Array(4);
  writeUint32(slot, 0, slotAt(now));
  const turned = joined(bytes, slot);
  return encodeBase45(joined(turned, await sign(turnMessage(turned))));
}
