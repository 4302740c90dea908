import { type CommandId, type EventId, type Item, unpack } from '@ingressou/protocol';
import type { Fact } from '../../src/domain/facts.ts';
import { CountedHistory } from '../../src/workers/audit/counted-history.ts';
import { grouped } from '../simulation/grouped.ts';
import type { Told, Wish } from './history.ts';
import type { ShowJournal } from './journal-rows.ts';
import { isSameStock, type Sightings, type Stock } from './sightings.ts';

/** All that is known about a run when everything has healed. */
export interface Evidence {
  readonly told: readonly Told[];
  readonly journals: readonly ShowJournal[];
  readonly sightings: Sightings;
}

/** A fact that somebody wished, and where it is. */
interface Done {
  readonly fact: WishedFact;
  readonly event: EventId;
  readonly position: number;
}

type WishedFact = Extract<Fact, { readonly type: 'reserved' | 'extended' | 'released' }>;

/**
 * Sentences about promises that were broken: what was acknowledged is in the journal, once, as it
 * was told (I2); what was refused for certain is not; nothing is there that nobody wished; the
 * order of the journal respects real time (I12); nobody was shown what is not durable (I9, I10);
 * and each history adds up (I1, I3, I15).
 */
export function brokenPromises({ told, journals, sightings }: Evidence): string[] {
  const { done, broken } = factsOf(journals);
  return [
    ...broken,
    ...journals.flatMap((journal) => brokenHistory(journal, sightings)),
    ...brokenAnswers(told, done),
    ...ghosts(told, done),
    ...brokenOrder(told, done),
    ...sightings.contradictions,
  ];
}

/** Free units of each lot at the end of a history, counted by the auditor's model. */
export function stockOf({ head, rows }: ShowJournal): Stock {
  const history = new CountedHistory(head.event);
  for (const row of rows) history.add(row);
  return stockIn(history);
}

function stockIn({ model }: CountedHistory): Stock {
  return new Map([...model.lots].map(([id, lot]) => [id, lot.quantity - lot.held - lot.sold]));
}

function brokenHistory({ head, rows }: ShowJournal, sightings: Sightings): string[] {
  const { event } = head;
  const broken: string[] = [];
  const history = new CountedHistory(event);
  const unexplained = new Map(sightings.of(event));
  for (const row of rows) {
    history.add(row);
    const shown = unexplained.get(row.last);
    if (shown === undefined) continue;
    unexplained.delete(row.last);
    if (!isSameStock(shown, stockIn(history))) {
      broken.push(`Show ${event} was shown at ${row.last} with a stock that it did not have.`);
    }
  }
  history.end(head);
  for (const position of unexplained.keys()) {
    const why = position > head.position ? `it ends at ${head.position}` : 'no row ends there';
    broken.push(`Show ${event} was shown at ${position}, but ${why}.`);
  }
  for (const { invariant, sentence } of history.findings.values()) {
    broken.push(`Show ${event} breaks ${invariant}. ${sentence}`);
  }
  if (head.isSealed) broken.push(`Show ${event} is sealed.`);
  return broken;
}

/** Everything in the journals that somebody wished, by the id of the wish. */
function factsOf(journals: readonly ShowJournal[]) {
  const done = new Map<CommandId, Done>();
  const broken: string[] = [];
  for (const { head, rows } of journals) {
    for (const row of rows) {
      const facts = unpack(row.facts) as readonly Fact[];
      facts.forEach((fact, index) => {
        if (!isWished(fact)) return;
        if (done.has(fact.id)) broken.push(`The wish ${fact.id} is in the journal twice.`);
        done.set(fact.id, { fact, event: head.event, position: row.position + index + 1 });
      });
    }
  }
  return { done, broken };
}

function isWished(fact: Fact): fact is WishedFact {
  return fact.type === 'reserved' || fact.type === 'extended' || fact.type === 'released';
}

function brokenAnswers(told: readonly Told[], done: ReadonlyMap<CommandId, Done>): string[] {
  const broken: string[] = [];
  for (const { wish, answer } of told) {
    const kept = done.get(wish.id);
    const about = `The ${wish.type} ${wish.id}`;
    if (kept !== undefined && !isSameWish(wish, kept)) {
      broken.push(`${about} is in the journal as something else.`);
    }
    if (answer === undefined) {
      broken.push(`${about} was never answered.`);
      continue;
    }
    const { outcome } = answer;
    if (!outcome.isAccepted) {
      if (!outcome.isCertain || kept === undefined) continue;
      broken.push(`${about} was refused (${outcome.reason}) and is in the journal.`);
    } else if (kept === undefined) {
      broken.push(`${about} was acknowledged and is not in the journal.`);
    } else if ('expiresAt' in kept.fact && kept.fact.expiresAt !== outcome.expiresAt) {
      broken.push(
        `${about} was told to end at ${outcome.expiresAt}, but ends at ${kept.fact.expiresAt}.`,
      );
    }
  }
  return broken;
}

function isSameWish(wish: Wish, { fact, event }: Done): boolean {
  if (wish.event !== event || wish.subject !== fact.subject) return false;
  switch (wish.type) {
    case 'reserve':
      return fact.type === 'reserved' && isSameItems(wish.items, fact.items);
    case 'extend':
      return fact.type === 'extended' && fact.hold === wish.hold;
    case 'release':
      return fact.type === 'released' && fact.hold === wish.hold;
  }
}

function isSameItems(some: readonly Item[], others: readonly Item[]): boolean {
  const isSame = ({ lot, quantity }: Item, other?: Item) =>
    lot === other?.lot && quantity === other.quantity;
  return some.length === others.length && some.every((item, index) => isSame(item, others[index]));
}

function ghosts(told: readonly Told[], done: ReadonlyMap<CommandId, Done>): string[] {
  const wished = new Set(told.map(({ wish }) => wish.id));
  return [...done.keys()]
    .filter((id) => !wished.has(id))
    .map((id) => `The journal has ${id}, which nobody wished.`);
}

/**
 * Whoever wished something after somebody else was answered comes behind them in the journal. The
 * journal gives the order, so one pass in the order of time finds every pair that breaks it.
 */
function brokenOrder(told: readonly Told[], done: ReadonlyMap<CommandId, Done>): string[] {
  const broken: string[] = [];
  const known = told.flatMap((each) => {
    const kept = done.get(each.wish.id);
    return kept === undefined ? [] : [{ ...each, position: kept.position }];
  });
  for (const wishes of grouped(known, ({ wish }) => wish.event).values()) {
    const answered = wishes
      .filter(({ answer }) => answer?.outcome.isAccepted)
      .sort((a, b) => a.answer!.at - b.answer!.at);
    let next = 0;
    let latest = { position: 0, id: '' };
    for (const wish of wishes.sort((a, b) => a.invokedAt - b.invokedAt)) {
      for (; (answered[next]?.answer?.at ?? wish.invokedAt) < wish.invokedAt; next += 1) {
        const { position, wish: earlier } = answered[next]!;
        if (position > latest.position) latest = { position, id: earlier.id };
      }
      if (latest.position > wish.position) {
        broken.push(
          `${wish.wish.id} was wished after ${latest.id} was told, but stands before it.`,
        );
      }
    }
  }
  return broken;
}
