import { isSoundSignature, type PublicKey, type Verify, type VerifyLater } from './ed25519.ts';
import type { KeyRing } from './key-ring.ts';
import { decodeTicket, type ReadCode, type TicketFault } from './ticket-code.ts';
import type { Ticket } from './ticket-payload.ts';

/**
 * Whether a code is a ticket of a show, in the one order that gateways and scanners share, so that
 * both give the same reason:
 *
 *     is it a code? → of this show? → by a key we know? → that is not revoked? → rightly signed?
 *
 * The cheap questions come first. What else a gate asks (revision, time, whether it was used) is
 * the matter of admission, and is only asked of a code that passed here.
 */
export type Verified =
  | { readonly isGenuine: true; readonly ticket: Ticket }
  | { readonly isGenuine: false; readonly reason: 'not_a_ticket'; readonly fault: TicketFault }
  /** What a code that is no forgery, or has not been shown to be one, says of itself. */
  | { readonly isGenuine: false; readonly reason: CodeRefusal; readonly ticket: Ticket };

export type CodeRefusal = 'wrong_event' | 'unknown_key' | 'revoked_key' | 'bad_signature';

export function verifyTicket(text: string, ring: KeyRing, verify: Verify): Verified {
  const question = questionOf(text, ring);
  if ('isGenuine' in question) return question;
  return judged(question, verify(question.signature, question.message, question.key));
}

/** The same with an engine that promises. */
export async function verifyTicketLater(
  text: string,
  ring: KeyRing,
  verify: VerifyLater,
): Promise<Verified> {
  const question = questionOf(text, ring);
  if ('isGenuine' in question) return question;
  return judged(question, await verify(question.signature, question.message, question.key));
}

/** What is left to ask an engine. */
interface Question extends ReadCode {
  readonly key: PublicKey;
}

function questionOf(text: string, ring: KeyRing): Verified | Question {
  const read = decodeTicket(text);
  if (typeof read === 'string') return { isGenuine: false, reason: 'not_a_ticket', fault: read };
  const { ticket, signature } = read;
  if (ticket.event !== ring.event) return refused('wrong_event', ticket);
  const known = ring.keys.get(ticket.keyId);
  if (known === undefined) return refused('unknown_key', ticket);
  if (known.isRevoked) return refused('revoked_key', ticket);
  if (!isSoundSignature(signature)) return refused('bad_signature', ticket);
  return { ...read, key: known.key };
}

function judged({ ticket }: Question, isRight: boolean): Verified {
  return isRight ? { isGenuine: true, ticket } : refused('bad_signature', ticket);
}

function refused(reason: CodeRefusal, ticket: Ticket): Verified {
  return { isGenuine: false, reason, ticket };
}
