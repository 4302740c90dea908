import type { OrderView, SubjectId, TicketView } from '@ingressou/protocol';
import type { Order } from './order-table.ts';
import { itemsOfTickets, priced } from './prices.ts';
import { lotNumbered, type ShowState } from './state.ts';

interface Serials {
  readonly from: number;
  readonly count: number;
}

/** An order as its buyer sees it. */
export function orderView(state: ShowState, order: Order): OrderView {
  const { id, status, method, ticketsCents, feeCents, payBy, isPayable, hasCodes } = order;
  const tickets = serialsOf(order).map((serial) => ticketView(state, serial));
  return {
    id,
    hold: state.holds.idAt(order.hold),
    status,
    method,
    lines: linesOf(state, order),
    ticketsCents,
    feeCents,
    payBy,
    isPayable,
    ...(order.refusal === undefined ? {} : { refusal: order.refusal }),
    ...(order.charge === '' ? {} : { paidAt: order.changedAt }),
    tickets,
    hasCodes,
    refundDueCents: order.refundDueCents,
    refundedCents: order.refundedCents,
  };
}

/** The pending and paid orders of a buyer, those of the newest hold first. */
export function ordersOf(state: ShowState, subject: SubjectId): OrderView[] {
  const orders: OrderView[] = [];
  for (const row of state.holds.rowsOf(subject)) {
    const order = state.orders.ofHold(row);
    if (order !== undefined) orders.push(orderView(state, order));
  }
  return orders;
}

/**
 * What was bought: of tickets that were given back, too. The hold no longer has those, so an order
 * that came to nothing looks at what was sold by the one that did not.
 */
function linesOf(state: ShowState, order: Order): OrderView['lines'] {
  const sold = order.count > 0 ? order : state.orders.ofHold(order.hold);
  if (sold === undefined || sold.count === 0) {
    return priced(state, state.holds.itemsAt(order.hold));
  }
  return priced(state, itemsOfTickets(state, serialsOf(sold)));
}

/** The numbers of an order's tickets, those that were given back too. */
export function serialsOf({ from, count }: Serials): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

function ticketView(state: ShowState, serial: number): TicketView {
  const { tickets } = state;
  return {
    serial,
    lot: lotNumbered(state, tickets.lotAt(serial)).id,
    status: tickets.statusAt(serial),
    revision: tickets.revisionAt(serial),
  };
}
