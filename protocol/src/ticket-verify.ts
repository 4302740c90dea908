import {
  importKey,
  isSoundSignature,
  KeyError,
  type Knows,
  type PublicKey,
  type Verify,
} from './ed25519.ts';
import type { KeyRing } from './key-ring.ts';
import { isFresh } from './rotating-code.ts';
import {
  decodeTicket,
  type ReadCode,
  type Seal,
  type TicketFault,
  type Turn,
} from './ticket-code.ts';
import type { Ticket } from './ticket-payload.ts';

/**
 * Whether a code is a ticket of a show, in the one order that gateways and scanners share, so that
 * both give the same reason:
 *
 *     is it a code? → of this show? → by a key we know? → that is not revoked? → rightly signed,
 *     by the show and by the holder? → may it be shown this way? → now?
 *
 * The cheap questions come first. What else a gate asks (revision, validity, whether it was used) is
 * the matter of admission, and is only asked of a code that passed here.
 */
export type Verified =
  | { readonly isGenuine: true; readonly ticket: Ticket }
  | { readonly isGenuine: false; readonly reason: 'not_a_ticket'; readonly fault: TicketFault }
  /** What a code that is no forgery, or has not been shown to be one, says of itself. */
  | { readonly isGenuine: false; readonly reason: CodeRefusal; readonly ticket: Ticket };

export type CodeRefusal =
  | 'wrong_event'
  | 'unknown_key'
  | 'revoked_key'
  | 'bad_signature'
  /** The static code of a ticket that only its own phone may show. */
  | 'rotating_needed'
  /** A rotating code of another moment. */
  | 'stale_code';

/** `now` by the server's time, in milliseconds since 1970: rotating codes are of a moment. */
export async function verifyTicket(
  text: string,
  ring: KeyRing,
  verify: Verify,
  now: number,
): Promise<Verified> {
  const asked = askedOf(text, ring);
  if ('isGenuine' in asked) return asked;
  const answers = asked.questions.map(([seal, key]) => verify(seal.signature, seal.message, key));
  const isRight = (await Promise.all(answers)).every(Boolean);
  return isRight ? shown(asked.code, now) : refused('bad_signature', asked.code.ticket);
}

/**
 * The same at once, of a code whose signatures are all known; undefined of one that an engine must
 * look at.
 */
export function recogniseTicket(
  text: string,
  ring: KeyRing,
  knows: Knows,
  now: number,
): Verified | undefined {
  const asked = askedOf(text, ring);
  if ('isGenuine' in asked) return asked;
  const isKnown = asked.questions.every(([seal, key]) => knows(seal.signature, seal.message, key));
  return isKnown ? shown(asked.code, now) : undefined;
}

/** What is left to ask an engine. */
interface Asked {
  readonly code: ReadCode;
  readonly questions: readonly (readonly [Seal, PublicKey])[];
}

function askedOf(text: string, ring: KeyRing): Verified | Asked {
  const code = decodeTicket(text);
  if (typeof code === 'string') return { isGenuine: false, reason: 'not_a_ticket', fault: code };
  const { ticket, seal, turn } = code;
  if (ticket.event !== ring.event) return refused('wrong_event', ticket);
  const known = ring.keys.get(ticket.keyId);
  if (known === undefined) return refused('unknown_key', ticket);
  if (known.isRevoked) return refused('revoked_key', ticket);
  const questions: [Seal, PublicKey][] = [[seal, known.key]];
  if (turn !== undefined) {
    const holder = holderOf(turn);
    if (holder === undefined || !ticket.isRotating) return refused('bad_signature', ticket);
    questions.push([turn.seal, holder]);
  }
  const areSound = questions.every(([{ signature }]) => isSoundSignature(signature));
  return areSound ? { code, questions } : refused('bad_signature', ticket);
}

function holderOf({ holderKey }: Turn): PublicKey | undefined {
  try {
    return importKey(holderKey);
  } catch (error) {
    if (error instanceof KeyError) return undefined;
    throw error;
  }
}

/** Of a code that is rightly signed: whether it may be shown so, and now. */
function shown({ ticket, turn }: ReadCode, now: number): Verified {
  if (turn === undefined) {
    const isEnough = !ticket.isRotating || ticket.isPrintable;
    return isEnough ? { isGenuine: true, ticket } : refused('rotating_needed', ticket);
  }
  return isFresh(turn.slot, now) ? { isGenuine: true, ticket } : refused('stale_code', ticket);
}

function refused(reason: CodeRefusal, ticket: Ticket): Verified {
  return { isGenuine: false, reason, ticket };
}
