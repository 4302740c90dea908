import type { ReceivedMail } from '../../setup/received-mail.ts';
import { expectedLetters } from './expected-letters.ts';
import type { OrderStory, RefundStory, Stories } from './order-stories.ts';
import type { ProviderCharge, ProviderOrder } from './provider-process.ts';
import type { LedgerRow, SaleRows } from './sale-rows.ts';
import type { Bought } from './shopper.ts';
import { brokenTickets } from './ticket-checker.ts';

/** All that is known about the orders of a run. */
export interface SaleEvidence {
  readonly stories: Stories;
  readonly rows: SaleRows;
  /** The truth about money. */
  readonly provider: readonly ProviderOrder[];
  /** What buyers were told. */
  readonly bought: readonly Bought[];
  readonly mails: readonly Pick<ReceivedMail, 'id' | 'to'>[];
  readonly hasMessage: (id: string) => boolean;
}

/** Money of one order at the provider. */
interface Money {
  readonly inCents: number;
  readonly backCents: number;
}

/**
 * Sentences about promises that were broken: what came in is what valid tickets cost or went back
 * (I4); no order is undecided (I5); each charge, each set of tickets and each refund is there once,
 * each mail and message at least once under our id (I6); what the provider knows we know (I7).
 */
export function brokenSale(evidence: SaleEvidence): string[] {
  const { stories, rows } = evidence;
  return [
    ...stories.broken,
    ...brokenMoney(evidence),
    ...brokenCharges(evidence),
    ...undecided(evidence),
    ...brokenRefunds(evidence),
    ...brokenTickets(stories, rows),
    ...brokenLedger(evidence),
    ...brokenLetters(evidence),
    ...brokenWords(evidence),
  ];
}

/** What an order has to show for its money: the tickets that still admit somebody. */
function worthOf(story: OrderStory, rows: SaleRows): { tickets: number; fee: number } {
  const valid = rows.tickets.filter(
    ({ order_id, status }) => order_id === story.order && status === 'valid',
  );
  const lines = valid.map(({ lot_id }) => story.lines.find(({ lot }) => lot === lot_id));
  return {
    tickets: lines.reduce((sum, line) => sum + (line?.priceCents ?? 0), 0),
    fee: lines.reduce((sum, line) => sum + (line?.feeCents ?? 0), 0),
  };
}

export function moneyOf(charges: readonly ProviderCharge[]): Money {
  return {
    inCents: charges.reduce((sum, { paid_amount = 0 }) => sum + paid_amount, 0),
    backCents: charges.reduce((sum, charge) => sum + backOf(charge), 0),
  };
}

/** Of a charge that nobody paid nothing went back, though it was ended. */
function backOf({ paid_amount = 0, canceled_amount = 0 }: ProviderCharge): number {
  return Math.min(paid_amount, canceled_amount);
}

function chargesOf({ provider }: SaleEvidence, order: string): readonly ProviderCharge[] {
  return provider.filter(({ code }) => code === order).flatMap(({ charges }) => charges);
}

function brokenMoney(evidence: SaleEvidence): string[] {
  const { stories, rows, provider } = evidence;
  const broken: string[] = [];
  for (const story of stories.orders.values()) {
    const { inCents, backCents } = moneyOf(chargesOf(evidence, story.order));
    const { tickets, fee } = worthOf(story, rows);
    if (inCents - backCents === tickets + fee) continue;
    broken.push(
      `Order ${story.order} (${story.status}): ${inCents} came in, ${backCents} went back, ` +
        `and its valid tickets cost ${tickets} and ${fee}.`,
    );
  }
  for (const { code } of provider) {
    if (!stories.orders.has(code)) broken.push(`The provider has ${code}, which nobody ordered.`);
  }
  return broken;
}

function brokenCharges(evidence: SaleEvidence): string[] {
  const broken: string[] = [];
  for (const { order, paid, begun } of evidence.stories.orders.values()) {
    const charges = chargesOf(evidence, order);
    if (charges.length > 1) broken.push(`Order ${order} has ${charges.length} charges.`);
    if (paid.length > 1) broken.push(`Order ${order} was paid ${paid.length} times.`);
    const ids = new Set(charges.map(({ id }) => id));
    const named = [...paid, ...begun].map(({ fact }) => fact.charge);
    for (const charge of named) {
      if (!ids.has(charge)) broken.push(`Order ${order} names ${charge}, which nobody made.`);
    }
  }
  return broken;
}

function undecided({ stories, rows }: SaleEvidence): string[] {
  const projected = new Map(rows.orders.map(({ order_id, status }) => [order_id, status]));
  return [...stories.orders.values()].flatMap(({ order, status }) => {
    if (status === 'pending') return [`Order ${order} is undecided.`];
    const row = projected.get(order);
    const isSame = row === status || (row === 'refunded' && status === 'paid');
    return isSame ? [] : [`Order ${order} is ${status}, and is listed as ${row}.`];
  });
}

function brokenRefunds(evidence: SaleEvidence): string[] {
  const { refunds } = evidence.stories;
  const broken: string[] = [];
  const byCharge = new Map<string, RefundStory[]>();
  for (const refund of refunds) {
    const { id, charge } = refund.due;
    byCharge.set(charge, [...(byCharge.get(charge) ?? []), refund]);
    if (refund.done.length !== 1) {
      broken.push(`The refund ${id} went back ${refund.done.length} times.`);
    }
  }
  for (const charge of evidence.provider.flatMap(({ charges }) => charges)) {
    const asked = (byCharge.get(charge.id) ?? []).reduce(
      (sum, { due }) => sum + due.amountCents,
      0,
    );
    if (backOf(charge) === asked) continue;
    broken.push(`Of ${charge.id} ${backOf(charge)} went back, and ${asked} were due.`);
  }
  return broken;
}

function brokenLedger(evidence: SaleEvidence): string[] {
  const { stories, rows } = evidence;
  const booked = new Map<string, LedgerRow[]>();
  for (const row of rows.ledger)
    booked.set(row.order_id, [...(booked.get(row.order_id) ?? []), row]);
  const broken: string[] = [];
  for (const story of stories.orders.values()) {
    const entries = booked.get(story.order) ?? [];
    const sum = entries.reduce((total, { cents }) => total + cents, 0);
    if (sum !== 0) broken.push(`The entries of order ${story.order} make ${sum}.`);
    const { inCents, backCents } = moneyOf(chargesOf(evidence, story.order));
    const { tickets, fee } = worthOf(story, rows);
    const right = { provider: inCents - backCents, producer: -tickets, fee: -fee };
    const accounts = { ...right, stray: 0, refunds_due: 0 };
    for (const [account, cents] of Object.entries(accounts)) {
      const found = entries.find((entry) => entry.account === account)?.cents ?? 0;
      if (found !== cents) {
        broken.push(`Account ${account} of order ${story.order} has ${found} and not ${cents}.`);
      }
    }
  }
  return broken;
}

/** At least once, to whom they are for, and none that nothing calls for. */
function brokenLetters(evidence: SaleEvidence): string[] {
  const { mails, hasMessage, rows } = evidence;
  const caught = new Map(mails.map((mail) => [mail.id, mail]));
  const noted = new Map(rows.deliveries.map((delivery) => [delivery.id, delivery.status]));
  const broken: string[] = [];
  const letters = expectedLetters(evidence.stories, rows);
  for (const { id, kind, order, isNeeded } of letters.values()) {
    const isThere = kind === 'mail' ? caught.has(id) : hasMessage(id);
    if (isNeeded && !isThere) broken.push(`Nobody got ${id}.`);
    if (isThere && noted.get(id) !== 'accepted') broken.push(`${id} left as ${noted.get(id)}.`);
    const to = caught.get(id)?.to.email;
    if (to !== undefined && to !== `${order}@example.com`) broken.push(`${id} went to ${to}.`);
  }
  for (const id of caught.keys()) if (!letters.has(id)) broken.push(`Nothing called for ${id}.`);
  return broken;
}

/** What buyers were told is so. */
function brokenWords({ stories, bought }: SaleEvidence): string[] {
  const refunded = new Set(
    stories.refunds.filter(({ due }) => due.why === 'buyer').map(({ due }) => due.order),
  );
  return bought.flatMap(({ order, isCancelled, isRefunded }) => {
    const story = stories.orders.get(order);
    if (story === undefined) return [`The order ${order} was acknowledged and is not there.`];
    return [
      ...(isCancelled && story.status !== 'cancelled' ? [`Order ${order} was cancelled.`] : []),
      ...(isRefunded && !refunded.has(order) ? [`Order ${order} was given back.`] : []),
    ];
  });
}
