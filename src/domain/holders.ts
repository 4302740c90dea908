import { publicKeyBytes } from '@ingressou/protocol/ticket';
import type { CommandOf } from './commands.ts';
import { accept, type Decision, isInTime, refuse, tell } from './decision.ts';
import type { FactOf } from './facts.ts';
import { isKnown } from './hold-obstacles.ts';
import type { Order } from './order-table.ts';
import { aboutOrder, ownOrder } from './orders.ts';
import { isUsed, newsOfVoid } from './passages.ts';
import { rulesOf, type ShowState } from './state.ts';
import { revisionMax } from './ticket-table.ts';
import { wishOf } from './wish.ts';

// Which phone shows a ticket whose codes rotate. The first one gets it at any time. Another one
// takes it away, which makes the codes of the first void: the ticket's revision grows. That is
// bounded, because whoever can move a ticket as often as they like can pass one through the fence;
// beyond the bounds the producer frees it, after a look at who asks.

/** Moves from phone to phone since the producer last freed the ticket. */
export const movesMax = 3;
/** From so long before the doors open a ticket stays where it is. */
export const stayMs = 2 * 60 * 60_000;

export function bindTicket(
  state: ShowState,
  command: CommandOf<'bind_ticket'>,
  now: number,
): Decision {
  const { id, serial, holderKey } = command;
  const { tickets, holders } = state;
  const wish = wishOf(command);
  const isTheirs = holders.isOf(serial, holderKey);
  if (state.done.get(id)?.wish === wish) {
    // When another phone has it by now, a late retry takes nothing back.
    return tell({ type: 'bound', revision: isTheirs ? tickets.revisionAt(serial) : null });
  }
  const order = ownOrder(state, command);
  if (order === undefined) return refuse({ reason: 'order_not_found' });
  if (!rulesOf(state).isRotating) return refuse({ reason: 'ticket_not_rotating' });
  if (!isValidOf(state, order, serial)) return refuse({ reason: 'invalid_serials' });
  if (isKnown(state, id)) return refuse({ reason: 'id_reused' });
  if (!isInTime(id, now)) return refuse({ reason: 'id_out_of_time', now });
  if (holderKey.length !== publicKeyBytes || holderKey.every((byte) => byte === 0)) {
    return refuse({ reason: 'invalid_parameter' });
  }
  const revision = tickets.revisionAt(serial);
  const about = { id, wish, ...aboutOrder(state, order), serial, holderKey };
  // A phone that has it gets it again, so that this id does nothing later on.
  const isFree = isTheirs || !holders.isBound(serial);
  if (isFree) return bound({ type: 'ticket_bound', ...about, revision });
  if (!command.mayMove) return movesOn(state, serial);
  const obstacle = moveObstacle(state, serial, now);
  return obstacle ?? bound({ type: 'ticket_bound', ...about, revision: revision + 1 });
}

/** Whether it is a ticket of this order that admits somebody. */
export function isValidOf({ tickets }: ShowState, { from, count }: Order, serial: number): boolean {
  return serial >= from && serial < from + count && tickets.isValid(serial);
}

function bound(fact: FactOf<'ticket_bound'>): Decision {
  return tell({ type: 'bound', revision: fact.revision }, fact);
}

function movesOn({ holders }: ShowState, serial: number): Decision {
  const movesLeft = Math.max(0, movesMax - holders.movesOf(serial));
  return refuse({ reason: 'ticket_bound', movesLeft });
}

function moveObstacle(state: ShowState, serial: number, now: number): Decision | undefined {
  if (isUsed(state.gates, serial)) return refuse({ reason: 'ticket_used', serials: [serial] });
  const { startsAt = Number.POSITIVE_INFINITY } = rulesOf(state);
  const until = startsAt - stayMs;
  if (now >= until) return refuse({ reason: 'move_too_late', until });
  const isOften = state.holders.movesOf(serial) >= movesMax || isWornOut(state, serial);
  return isOften ? refuse({ reason: 'too_many_moves', max: movesMax }) : undefined;
}

function isWornOut({ tickets }: ShowState, serial: number): boolean {
  return tickets.revisionAt(serial) >= revisionMax;
}

export function freeTicket(
  state: ShowState,
  command: CommandOf<'free_ticket'>,
  now: number,
): Decision {
  const { id, serial } = command;
  const { tickets, orders, rules } = state;
  const wish = wishOf(command);
  if (rules === undefined) return refuse({ reason: 'show_not_found' });
  if (state.done.get(id)?.wish === wish) return accept();
  if (isKnown(state, id)) return refuse({ reason: 'id_reused' });
  if (!isInTime(id, now)) return refuse({ reason: 'id_out_of_time', now });
  if (!tickets.isValid(serial)) return refuse({ reason: 'ticket_not_found' });
  if (!rules.isRotating) return refuse({ reason: 'ticket_not_rotating' });
  if (isWornOut(state, serial)) return refuse({ reason: 'too_many_moves', max: revisionMax });
  const order = orders.at(tickets.orderAt(serial));
  const revision = tickets.revisionAt(serial) + 1;
  const about = { id, wish, ...aboutOrder(state, order), serial, revision };
  const news = newsOfVoid(state.gates, [serial], { at: now, below: revision });
  return accept({ type: 'ticket_freed', ...about, ...news });
}
