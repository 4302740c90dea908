import {
  type EventId,
  type LotView,
  type OrderId,
  type OrderView,
  orderCode,
  type Show,
  type TicketView,
} from '@ingressou/protocol';
import type { Catalog } from '../../ports/catalog.ts';
import type { Commands } from '../../ports/commands.ts';
import { type Delivery, RejectedJobError } from '../../ports/jobs.ts';
import type { KeptDetails, OrderDetailsStore } from '../../ports/order-details.ts';
import type { OrderMail } from '../templates/order-panel.ts';
import { eventOf, orderOf } from './job-body.ts';
import { askShow, orderIn } from './tell-show.ts';

export interface ToldOrderOptions {
  readonly commands: Commands;
  readonly catalog: Pick<Catalog, 'byId'>;
  readonly details: Pick<OrderDetailsStore, 'read'>;
}

/** Everything that is told to a buyer about an order: what, of which show, and to whom. */
export interface ToldOrder {
  readonly event: EventId;
  readonly order: OrderView;
  readonly show: Show;
  readonly details: KeptDetails;
  readonly lots: ReadonlyMap<string, Omit<LotView, 'available'>>;
}

/**
 * The order that a job is about. Undefined when nobody can be told any more: whoever bought it was
 * erased.
 *
 * @throws {RetryError}, {RejectedJobError}
 */
export function toldOrder(
  options: ToldOrderOptions,
  job: Delivery,
): Promise<ToldOrder | undefined> {
  return readOrder(options, eventOf(job), orderOf(job));
}

export async function readOrder(
  { commands, catalog, details }: ToldOrderOptions,
  event: EventId,
  id: OrderId,
): Promise<ToldOrder | undefined> {
  const kept = await details.read(id);
  if (kept === undefined) return undefined;
  const order = await orderIn(commands, event, id);
  const show = await catalog.byId(event);
  if (show === undefined) throw new RejectedJobError('there is no such show');
  const { value: view } = await askShow(commands, event, { type: 'view' });
  return { event, order, show, details: kept, lots: view.lots };
}

export function pageOf({ show }: Pick<ToldOrder, 'show'>, publicUrl: string): string {
  return `${publicUrl}/shows/${show.slug}`;
}

/** What every mail about an order says. */
export function orderMail(told: ToldOrder, publicUrl: string): OrderMail {
  const { show, details, order } = told;
  const link = pageOf(told, publicUrl);
  return { buyerName: details.buyer.name, show, orderCode: orderCode(order.id), link };
}

/** Who comes with a ticket: the holders were told in the order of the tickets. */
export function holderOf({ order, details }: ToldOrder, ticket: TicketView): string {
  const place = order.tickets.findIndex(({ serial }) => serial === ticket.serial);
  return details.holders[place]?.name ?? details.buyer.name;
}

/** The tickets that admit somebody. */
export function validTickets({ order }: ToldOrder): readonly TicketView[] {
  return order.tickets.filter(({ status }) => status === 'valid');
}

/** Whether a code on paper, or in a mail, lets somebody in. */
export function isForPaper({ isRotating, isPrintable }: Omit<LotView, 'available'>): boolean {
  return isRotating !== true || isPrintable === true;
}

export function lotOf({ lots }: ToldOrder, { lot }: TicketView): Omit<LotView, 'available'> {
  const found = lots.get(lot);
  if (found === undefined) throw new RejectedJobError('the show has no such lot');
  return found;
}
