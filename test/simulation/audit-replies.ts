import { isDeepStrictEqual } from 'node:util';
import type { HoldView, OrderView } from '@ingressou/protocol';
import type { OrderAndHold, Question } from '../../src/domain/questions.ts';
import type { ShowView } from '../../src/domain/view.ts';
import { isForgiven } from './audit-time.ts';
import { grouped } from './grouped.ts';
import type { Inquiry, Notice, Violation } from './history.ts';
import type { Ledger, LedgerRow } from './ledger.ts';
import type { NotedOrder } from './paper-orders.ts';
import { type NotedHold, Reference } from './reference.ts';
import type { World } from './world.ts';

/** How long a sleeping show may answer from an earlier look. */
const staleMs = 1_000;

/** Holds what was shown and broadcast against the journal. */
export function* auditReplies(world: World, ledger: Ledger): Generator<Violation> {
  yield* auditInquiries(world, ledger);
  yield* auditNotices(world, ledger);
}

type Replied = Inquiry & { readonly reply: NonNullable<Inquiry['reply']> };

/** Every reply is true at its position, and its position is durable and not from long ago. */
function* auditInquiries(world: World, ledger: Ledger): Generator<Violation> {
  const { history } = world;
  const replied = history.inquiries.filter((inquiry): inquiry is Replied => {
    return inquiry.event === ledger.event && inquiry.reply?.value.accepted === true;
  });
  const byPosition = grouped(replied, positionOf);
  const reference = new Reference();
  for (const row of [undefined, ...ledger.rows]) {
    for (const fact of row?.facts ?? []) reference.note(fact, row?.at ?? 0);
    for (const inquiry of byPosition.get(row?.position ?? 0) ?? []) {
      const mayBePast = isForgiven(world, inquiry.sentTime, inquiry.reply.time);
      const oldest = mayBePast ? 0 : reachedAtTime(ledger, inquiry.sentTime - staleMs);
      for (const wrong of auditReply(inquiry, row, reference, oldest)) {
        yield { time: inquiry.reply.time, sentence: `a reply about ${nameOf(inquiry)} ${wrong}` };
      }
    }
    byPosition.delete(row?.position ?? 0);
  }
  for (const inquiry of [...byPosition.values()].flat()) {
    const sentence = `a reply about ${nameOf(inquiry)} is at no row of the journal`;
    yield { time: inquiry.reply.time, sentence };
  }
}

function nameOf(inquiry: Replied): string {
  return `${inquiry.question.type} at ${positionOf(inquiry)}`;
}

function positionOf({ reply }: Replied): number {
  return reply.value.accepted ? reply.value.position : 0;
}

function* auditReply(
  inquiry: Replied,
  row: LedgerRow | undefined,
  reference: Reference,
  oldest: number,
): Generator<string> {
  const { question, reply } = inquiry;
  if (!reply.value.accepted) return;
  if (row !== undefined && row.durable.order > reply.order) yield 'left before it was durable';
  if (positionOf(inquiry) < oldest) yield `left long after ${oldest} was durable`;
  const { value } = reply.value;
  if (!isRight(reference, question, value)) yield 'differs from the journal there';
}

function isRight(reference: Reference, question: Question, value: unknown): boolean {
  switch (question.type) {
    case 'view':
      return isViewRight(reference, value as ShowView);
    case 'holds':
      return isHoldsRight(reference, question.subject, value as readonly HoldView[]);
    case 'orders':
      return isOrdersRight(reference, question.subject, value as readonly OrderView[]);
    case 'order':
      return isOrderRight(reference, question, value as OrderAndHold | null);
    // Nobody asks them here yet.
    case 'holder':
    case 'gates':
    case 'incidents':
    case 'package':
    case 'name_cards':
      return true;
  }
}

function isViewRight(reference: Reference, { sale, limit, lots }: ShowView): boolean {
  const shown = [...lots.values()].map(({ id, quantity, available, feeCents }) => {
    return [id, quantity, available, feeCents];
  });
  const expected = [...reference.lots.values()].map(({ id, quantity }) => {
    return [id, quantity, reference.free(id), reference.feeOf(id)];
  });
  return (
    limit === (reference.rules?.limit ?? 0) &&
    isDeepStrictEqual(sale, reference.sale) &&
    isDeepStrictEqual(shown, expected)
  );
}

function isHoldsRight(reference: Reference, subject: string, holds: readonly HoldView[]): boolean {
  const expected = reference.holdsOf(subject).map(shownHold);
  return isDeepStrictEqual([...holds].sort(byId), expected.sort(byId));
}

function shownHold({ id, status, items, expiresAt, isExtended }: NotedHold) {
  return { id, status, items, expiresAt, canExtend: status === 'held' && !isExtended };
}

function isOrdersRight(
  reference: Reference,
  subject: string,
  orders: readonly OrderView[],
): boolean {
  const expected = reference.ordersOf(subject).map((order) => shownOrder(reference, order));
  return isDeepStrictEqual(orders.map(plainOrder).sort(byId), expected.sort(byId));
}

function isOrderRight(
  reference: Reference,
  { order: id, subject }: Extract<Question, { readonly type: 'order' }>,
  value: OrderAndHold | null,
): boolean {
  const order = reference.paperOrders.orders.get(id);
  const isMine = subject === undefined || order?.hold.subject === subject;
  if (order === undefined || !isMine) return value === null;
  if (value === null) return false;
  // What a hold was of is no matter once all of it went back.
  const { hold } = value;
  const items = hold.status === 'refunded' ? [] : hold.items;
  const expected = { order: shownOrder(reference, order), hold: shownHold(order.hold) };
  return isDeepStrictEqual({ order: plainOrder(value.order), hold: { ...hold, items } }, expected);
}

/** What was bought is the same in any order of its lots. */
function plainOrder({ lines, ...order }: OrderView) {
  return { ...order, lines: [...lines].sort(byLot) };
}

function shownOrder({ paperOrders, paperHolders }: Reference, order: NotedOrder) {
  const { id, hold, method, lines, status, ticketsCents, feeCents, payBy, isBegun } = order;
  const { refusal, paidAt, serials, hasCodes, dueCents, backCents } = order;
  return {
    id,
    hold: hold.id,
    status,
    method,
    ticketsCents,
    feeCents,
    payBy,
    isPayable: isBegun,
    ...(refusal === undefined ? {} : { refusal }),
    ...(paidAt === undefined ? {} : { paidAt }),
    tickets: serials.map((serial) => {
      const { lot, isValid } = paperOrders.tickets[serial - 1]!;
      const { revision } = paperHolders.of(serial);
      return { serial, lot, status: isValid ? 'valid' : 'revoked', revision };
    }),
    hasCodes,
    refundDueCents: dueCents,
    refundedCents: backCents,
    lines: [...lines].sort(byLot),
  };
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}

function byLot(a: { readonly lot: string }, b: { readonly lot: string }): number {
  return a.lot < b.lot ? -1 : 1;
}

function reachedAtTime({ rows }: Ledger, time: number): number {
  return rows.findLast(({ durable }) => durable.time < time)?.position ?? 0;
}

/** A process tells of durable rows only, each once, in order, from its claim on without a gap. */
function* auditNotices({ history }: World, ledger: Ledger): Generator<Violation> {
  const rows = new Map(ledger.rows.map((row) => [row.position, row]));
  const lastTold = new Map<string, number>();
  for (const notice of history.notices) {
    const { process, committed, time } = notice;
    if (committed.event !== ledger.event) continue;
    const { from, to, facts } = committed;
    const wrong = [...auditNotice(notice, rows.get(to))];
    const isFirst = facts[0]?.type === 'owned';
    if (!isFirst && lastTold.get(process) !== from) wrong.push('not after what it told before');
    lastTold.set(process, to);
    for (const what of wrong) {
      yield { time, sentence: `${process} told of ${from + 1} to ${to}, ${what}` };
    }
  }
}

function* auditNotice({ committed, order }: Notice, row?: LedgerRow): Generator<string> {
  if (row === undefined || row.before !== committed.from) {
    yield 'which is no row of the journal';
    return;
  }
  if (row.durable.order > order) yield 'before it was durable';
  const isSame = JSON.stringify(row.facts) === JSON.stringify(committed.facts);
  if (!isSame || row.at !== committed.at) yield 'with other facts than the journal has';
}
