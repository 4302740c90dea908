import type { HoldView, OrderId, OrderView, SubjectId } from '@ingressou/protocol';
import { type CardsQuestion, type CardTickets, cardTickets } from './card-tickets.ts';
import {
  type GatesReply,
  gatesView,
  type IncidentsQuestion,
  incidentsReply,
  type PackageParts,
  type PackageQuestion,
  packageParts,
} from './gates-view.ts';
import { isValidOf } from './holders.ts';
import type { IncidentChanges } from './incidents.ts';
import { ordersOf, orderView } from './order-view.ts';
import { ownOrder } from './orders.ts';
import type { ShowState } from './state.ts';
import { holdView, type ShowView, viewOf } from './view.ts';

/** What may be asked of a show without changing it. */
export type Question =
  | { readonly type: 'view' }
  | { readonly type: 'holds'; readonly subject: SubjectId }
  | { readonly type: 'orders'; readonly subject: SubjectId }
  /** Whoever asks in a buyer's name says which; workers need not. */
  | { readonly type: 'order'; readonly order: OrderId; readonly subject?: SubjectId }
  /** Which phone has a ticket of theirs. */
  | {
      readonly type: 'holder';
      readonly order: OrderId;
      readonly subject: SubjectId;
      readonly serial: number;
    }
  | { readonly type: 'gates' }
  | IncidentsQuestion
  | PackageQuestion
  | CardsQuestion;

/** What each question is answered with. */
export interface Replies {
  readonly view: ShowView;
  /** The subject's live and paid holds. */
  readonly holds: readonly HoldView[];
  /** The subject's pending and paid orders. */
  readonly orders: readonly OrderView[];
  /** Null when there is none, or it is another's. */
  readonly order: OrderAndHold | null;
  /** Null when no phone has it, or it is no ticket of theirs that admits anybody. */
  readonly holder: HolderReply | null;
  readonly gates: GatesReply;
  readonly incidents: IncidentChanges;
  /** Null when there is no such checkpoint. */
  readonly package: PackageParts | null;
  /** Null when there is no such checkpoint. */
  readonly name_cards: CardTickets | null;
}

export interface OrderAndHold {
  readonly order: OrderView;
  readonly hold: HoldView;
}

export interface HolderReply {
  readonly revision: number;
  readonly holderKey: Uint8Array;
}

export type ReplyTo<Q extends Question> = Replies[Q['type']];

/** Answers from the state alone, as of a time; the answer shares nothing with it. */
export function reply<Q extends Question>(state: ShowState, question: Q, now: number): ReplyTo<Q>;
export function reply(
  state: ShowState,
  question: Question,
  now: number,
): Replies[Question['type']] {
  switch (question.type) {
    case 'view':
      return viewOf(state);
    case 'holds':
      return state.holds.of(question.subject).map(holdView);
    case 'orders':
      return ordersOf(state, question.subject);
    case 'holder':
      return holderOf(state, question);
    case 'gates':
      return gatesView(state, now);
    case 'incidents':
      return incidentsReply(state, question);
    case 'package':
      return packageParts(state, question);
    case 'name_cards':
      return cardTickets(state, question);
    case 'order': {
      const order = ownOrder(state, question);
      if (order === undefined) return null;
      return { order: orderView(state, order), hold: holdView(state.holds.at(order.hold)) };
    }
  }
}

function holderOf(
  state: ShowState,
  question: Extract<Question, { readonly type: 'holder' }>,
): HolderReply | null {
  const { tickets, holders } = state;
  const { serial } = question;
  const order = ownOrder(state, question);
  if (order === undefined || !isValidOf(state, order, serial)) return null;
  const holderKey = holders.keyOf(serial);
  return holderKey === undefined ? null : { revision: tickets.revisionAt(serial), holderKey };
}
