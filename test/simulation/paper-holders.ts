import type { Rejection } from '@ingressou/protocol';
import type { Command } from '../../src/domain/commands.ts';
import type { FactOf } from '../../src/domain/facts.ts';
import type { PaperOrders } from './paper-orders.ts';
import type { Times } from './reference.ts';

type HolderFact = FactOf<'ticket_bound' | 'ticket_freed'>;
type HolderCommand = Extract<Command, { readonly type: 'bind_ticket' | 'free_ticket' }>;
type BindCommand = Extract<Command, { readonly type: 'bind_ticket' }>;

interface NotedHolder {
  /** Undefined while no phone has it. */
  readonly key: string | undefined;
  readonly revision: number;
  readonly moves: number;
}

const none: NotedHolder = { key: undefined, revision: 0, moves: 0 };
const movesMax = 3;
const twoHoursMs = 2 * 60 * 60 * 1000;

/** Which phone shows which ticket, on paper. Written from what buyers are promised. */
export class PaperHolders {
  readonly #orders: PaperOrders;
  readonly #holders = new Map<number, NotedHolder>();

  constructor(orders: PaperOrders) {
    this.#orders = orders;
  }

  of(serial: number): NotedHolder {
    return this.#holders.get(serial) ?? none;
  }

  *note(fact: HolderFact): Generator<string> {
    const { serial, order, subject, revision } = fact;
    const before = this.of(serial);
    const name = `ticket ${serial}`;
    const ticket = this.#orders.tickets[serial - 1];
    const isOwn = this.#orders.orders.get(order)?.hold.subject === subject;
    if (ticket?.isValid !== true || ticket.order !== order || !isOwn) {
      yield `${name} was ${fact.type} and is not ${subject}'s`;
    }
    const key = fact.type === 'ticket_bound' ? textOf(fact.holderKey) : undefined;
    const isNew = key === undefined || (before.key !== undefined && before.key !== key);
    if (revision !== before.revision + (isNew ? 1 : 0)) {
      yield `${name} was ${fact.type} at revision ${revision} behind ${before.revision}`;
    }
    const moves = key === undefined ? 0 : before.moves + (isNew ? 1 : 0);
    if (moves > movesMax) yield `${name} moved ${moves} times`;
    this.#holders.set(serial, { key, revision, moves });
  }

  /** Whether this no is right about a ticket that may be shown by a phone. */
  explains(command: HolderCommand, no: Rejection, times: Times, startsAt: number): boolean {
    const ticket = this.#orders.tickets[command.serial - 1];
    if (command.type === 'free_ticket') {
      return no.reason === 'ticket_not_found' && ticket?.isValid !== true;
    }
    const order = this.#orders.orders.get(command.order);
    if (order?.hold.subject !== command.subject) return no.reason === 'order_not_found';
    if (no.reason === 'invalid_serials') {
      return ticket?.isValid !== true || ticket.order !== command.order;
    }
    return this.#explainsMove(command, no, times, startsAt);
  }

  #explainsMove(
    { serial, holderKey }: BindCommand,
    no: Rejection,
    { latest }: Times,
    startsAt: number,
  ): boolean {
    const { key, moves } = this.of(serial);
    if (key === undefined || key === textOf(holderKey)) return false;
    switch (no.reason) {
      case 'ticket_bound':
        return no.movesLeft === movesMax - moves;
      case 'too_many_moves':
        return no.max === movesMax && moves >= movesMax;
      case 'move_too_late':
        return no.until === startsAt - twoHoursMs && latest >= no.until;
      default:
        return false;
    }
  }
}

function textOf(key: Uint8Array): string {
  return [...key].join(' ');
}
