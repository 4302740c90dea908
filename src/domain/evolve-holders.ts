import { assert } from './assert.ts';
import { reissueAtGates } from './evolve-gates.ts';
import type { FactOf } from './facts.ts';
import { orderRowOf, rulesOf, type ShowState } from './state.ts';

/** How facts about the phones that show tickets change a show; `evolve` does the rest. */
export type HolderFact = FactOf<'ticket_bound' | 'ticket_freed'>;

export function evolveHolder(state: ShowState, fact: HolderFact, at: number): void {
  const { tickets, holders, done } = state;
  const { serial, revision } = fact;
  assert(rulesOf(state).isRotating, 'only tickets whose codes rotate need a phone');
  assert(tickets.orderAt(serial) === orderRowOf(state, fact.order), 'a ticket is of its order');
  const isSame = revision === tickets.revisionAt(serial);
  if (fact.type === 'ticket_bound') {
    const isFree = !holders.isBound(serial) || holders.isOf(serial, fact.holderKey);
    assert(isSame === isFree, 'at one revision a ticket is of one phone');
    holders.bind(serial, fact.holderKey);
  } else {
    assert(!isSame, 'the codes of a phone that loses a ticket are void');
    holders.free(serial);
  }
  if (!isSame) reissue(state, serial, revision, at);
  done.add(fact.id, at, { wish: fact.wish });
}

function reissue(
  { tickets, gates }: ShowState,
  serial: number,
  revision: number,
  at: number,
): void {
  tickets.reissue(serial);
  assert(tickets.revisionAt(serial) === revision, 'revisions follow each other');
  reissueAtGates(gates, serial, revision, at);
}
