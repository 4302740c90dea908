import { connect, RequestError } from '@ingressou/client-sdk';
import { rotatingCode } from '@ingressou/protocol/ticket';
import { newHolderKey, signAsHolder } from '@ingressou/protocol/ticket-browser';
import { openIdentity } from '../identity.ts';
import { type KeptTicket, keepTicket, keptTicket } from './kept-tickets.ts';
import type { TicketAddress } from './ticket-address.ts';

/**
 * How this phone stands to the ticket:
 *
 *     empty ──▶ ready ──▶ moved        another phone has it by now
 *       └──▶ elsewhere                 another phone had it all along, or this one lost its key
 *     any ──▶ gone                     given back or cancelled; or it cannot be shown here
 */
export type Standing =
  /** This phone never asked for it. */
  | { readonly at: 'empty' }
  | { readonly at: 'ready'; readonly kept: ReadyTicket; readonly isStale: boolean }
  | { readonly at: 'moved' | 'elsewhere'; readonly isBlocked?: BlockedMove }
  | { readonly at: 'gone'; readonly why: GoneReason };

export type ReadyTicket = KeptTicket & Required<Pick<KeptTicket, 'ticket'>>;
/** Why another phone keeps it, whatever this one asks. */
export type BlockedMove = 'too_many_moves' | 'move_too_late' | 'ticket_used';
export type GoneReason = 'revoked' | 'foreign' | 'not_rotating' | 'no_memory' | 'no_sign_in';

/** The server could not be asked, or was too busy. */
export class UnansweredError extends Error {
  override readonly name = 'UnansweredError';
}

/** What is known without a network. */
export async function standingOf(address: TicketAddress): Promise<Standing> {
  try {
    const kept = await keptTicket(address);
    return kept !== undefined && isReady(kept)
      ? { at: 'ready', kept, isStale: true }
      : { at: 'empty' };
  } catch {
    // A private window, or a browser that may keep nothing: a ticket here would be lost with it.
    return { at: 'gone', why: 'no_memory' };
  }
}

/**
 * Asks for the ticket: again, if this phone has it; from another phone only with `mayMove`.
 *
 * @throws {UnansweredError}
 */
export async function ask(address: TicketAddress, mayMove: boolean): Promise<Standing> {
  const before = await keptTicket(address);
  const kept = before ?? { key: await newHolderKey(), offset: 0 };
  if (before === undefined) await keepTicket(address, kept);
  const identity = await signedIn();
  if (identity === undefined) return { at: 'gone', why: 'no_sign_in' };
  const connection = connect({ url: location.origin, ...identity });
  try {
    const { publicKey } = kept.key;
    const ticket = await connection.orders.takeTicket(address.order, address.serial, {
      publicKey,
      mayMove,
    });
    const ready = { key: kept.key, ticket, offset: ticket.at - Date.now() };
    await keepTicket(address, ready);
    return { at: 'ready', kept: ready, isStale: false };
  } catch (error) {
    return refusedBy(error, isReady(kept));
  } finally {
    connection.close();
  }
}

/** The code of this moment, by the server's time as this phone knows it. */
export function codeAt({ key, ticket }: ReadyTicket, now: number): Promise<string> {
  return rotatingCode(ticket.bound, now, (message) => signAsHolder(key, message));
}

/** @throws {UnansweredError} */
async function signedIn() {
  try {
    return await openIdentity();
  } catch (cause) {
    throw new UnansweredError('Nobody can say who this is.', { cause });
  }
}

function refusedBy(error: unknown, wasReady: boolean): Standing {
  const { code, status } = error instanceof RequestError ? error : { code: '', status: 0 };
  const at = wasReady ? 'moved' : 'elsewhere';
  switch (code) {
    case 'ticket_bound':
      return { at };
    case 'too_many_moves':
    case 'move_too_late':
    case 'ticket_used':
      return { at, isBlocked: code };
    case 'invalid_serials':
    case 'order_not_paid':
      return { at: 'gone', why: 'revoked' };
    case 'ticket_not_rotating':
      return { at: 'gone', why: 'not_rotating' };
    default:
      if (status === 404 || status === 403) return { at: 'gone', why: 'foreign' };
      throw new UnansweredError('The ticket was not answered for.', { cause: error });
  }
}

function isReady(kept: KeptTicket): kept is ReadyTicket {
  return kept.ticket !== undefined;
}
