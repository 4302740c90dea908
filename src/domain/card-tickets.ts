import { limits, type OrderId } from '@ingressou/protocol';
import type { CheckpointRules } from '@ingressou/protocol/admission';
import type { Order } from './order-table.ts';
import { lotNumbered, type ShowState } from './state.ts';

/** Gates keep names for so long after the last day that they admit on. */
export const cardsKeptMs = 6 * 60 * 60 * 1000;

export interface CardsQuestion {
  readonly type: 'name_cards';
  readonly checkpoint: number;
  readonly device: string;
  /** Number n has the tickets of `cardBlockTickets` serials, from n times as many on. */
  readonly block: number;
}

/** Which tickets of a block a gate may know the names of, and where those are. */
export interface CardTickets {
  /** The producer wants names at this checkpoint. */
  readonly hasCards: boolean;
  /** Why this device gets none. */
  readonly isDeviceRevoked: boolean;
  readonly goodUntil: number;
  readonly tickets: readonly CardTicket[];
}

export interface CardTicket {
  readonly serial: number;
  readonly revision: number;
  readonly order: OrderId;
  /** Among the tickets of its order, from 0 on. */
  readonly place: number;
  /** Of the phone that shows it, if its codes rotate and one does. */
  readonly holderKey?: Uint8Array;
}

/** Null when there is no such checkpoint. */
export function cardTickets(state: ShowState, question: CardsQuestion): CardTickets | null {
  const { gates } = state;
  const plan = gates.checkpoints.get(question.checkpoint)?.plan;
  if (plan === undefined) return null;
  const device = [...gates.devices].find(([id]) => id === question.device)?.[1];
  const isDeviceRevoked = device === undefined || device.revokedAt !== undefined;
  const hasCards = plan.hasCards ?? false;
  const isTold = hasCards && !isDeviceRevoked;
  return {
    hasCards,
    isDeviceRevoked,
    goodUntil: goodUntil(plan.rules),
    tickets: isTold ? [...namedIn(state, question.block)] : [],
  };
}

function goodUntil({ days }: CheckpointRules): number {
  return (days.at(-1)?.until ?? 0) + cardsKeptMs;
}

/** Those by which a document is compared with a name: nominal ones, and half price. */
function* namedIn(state: ShowState, block: number): Iterable<CardTicket> {
  const { tickets, orders, holders } = state;
  const from = block * limits.cardBlockTickets;
  const end = Math.min(from + limits.cardBlockTickets, tickets.next);
  let order: Order | undefined;
  for (let serial = from; serial < end; serial += 1) {
    if (!tickets.isValid(serial)) continue;
    const lot = lotNumbered(state, tickets.lotAt(serial));
    if (!lot.isHalf && lot.isNominal !== true) continue;
    if (order === undefined || !isOf(serial, order)) order = orders.at(tickets.orderAt(serial));
    const revision = tickets.revisionAt(serial);
    const holderKey = holders.keyOf(serial);
    const about = { serial, revision, order: order.id, place: serial - order.from };
    yield holderKey === undefined ? about : { ...about, holderKey };
  }
}

function isOf(serial: number, { from, count }: Order): boolean {
  return serial >= from && serial < from + count;
}
