import type { OrderStory, RefundStory, Stories } from './order-stories.ts';
import type { SaleRows } from './sale-rows.ts';

/** A mail or a message, as its fact calls for it. */
export interface ExpectedLetter {
  /** Ours, and the deliverer's too. */
  readonly id: string;
  readonly kind: 'mail' | 'message';
  readonly order: string;
  /** Whoever gave back all tickets may have done so before they could be sent. */
  readonly isNeeded: boolean;
}

const announced: ReadonlySet<string> = new Set(['buyer', 'producer', 'show_cancelled']);

/** Everything that buyers must or may have been told, by its id. */
export function expectedLetters(
  { orders, refunds }: Stories,
  rows: SaleRows,
): ReadonlyMap<string, ExpectedLetter> {
  const live = new Set(
    rows.tickets.filter(({ status }) => status === 'valid').map(({ order_id }) => order_id),
  );
  const letters = [
    ...[...orders.values()].flatMap((story) => ofOrder(story, live.has(story.order))),
    ...refunds.flatMap(ofRefund),
  ];
  return new Map(letters.map((letter) => [letter.id, letter]));
}

function ofOrder(story: OrderStory, isLive: boolean): ExpectedLetter[] {
  const { order, event, generation } = story;
  const about = (what: string) => `${event}:${generation}:${what}:${order}`;
  const mail = (what: string) =>
    ({ id: `notification.email:${about(what)}`, kind: 'mail', order }) as const;
  const letters: ExpectedLetter[] = [];
  if (story.refused.length > 0) letters.push({ ...mail('payment_failed'), isNeeded: true });
  if (story.paid.length === 0) return letters;
  const message = `notification.whatsapp:${about('tickets_ready')}`;
  letters.push({ ...mail('tickets_ready'), isNeeded: isLive });
  letters.push({ id: message, kind: 'message', order, isNeeded: isLive });
  return letters;
}

function ofRefund({ event, generation, due, done }: RefundStory): ExpectedLetter[] {
  const { order, subject, id, why } = due;
  if (subject === undefined) return [];
  const about = (what: string) => `notification.email:${event}:${generation}:${what}:${id}`;
  const letter = { kind: 'mail', order, isNeeded: true } as const;
  return [
    ...(announced.has(why) ? [{ ...letter, id: about('refund_requested') }] : []),
    ...(done.length > 0 ? [{ ...letter, id: about('refund_done') }] : []),
  ];
}
