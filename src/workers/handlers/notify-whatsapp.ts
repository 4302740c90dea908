import type { Deliveries } from '../../ports/deliveries.ts';
import { type Delivery, RejectedJobError } from '../../ports/jobs.ts';
import type { Messages } from '../../ports/messages.ts';
import { brasiliaTime } from '../texts/brazil.ts';
import { firstName } from '../texts/one-line.ts';
import { textOf } from './job-body.ts';
import { hasLeft, leave } from './notify-email.ts';
import { ticketsIn } from './tell-show.ts';
import { type ToldOrder, type ToldOrderOptions, toldOrder, validTickets } from './told-order.ts';

export interface NotifyByWhatsAppOptions extends ToldOrderOptions {
  readonly deliveries: Deliveries;
  readonly messages: Messages;
}

/** Tells a buyer's phone that the tickets are there. At least once. */
export async function notifyByWhatsApp(
  options: NotifyByWhatsAppOptions,
  job: Delivery,
): Promise<void> {
  const told = await toldOrder(options, job);
  if (told === undefined || (await hasLeft(options.deliveries, told, job))) return;
  if (textOf(job, 'template') !== 'tickets_ready') {
    throw new RejectedJobError('there is no such message');
  }
  ticketsIn(told.order);
  if (validTickets(told).length === 0) return;
  const { event, order, details, show } = told;
  await options.deliveries.record({ id: job.id, kind: 'whatsapp', event, order: order.id });
  await leave(options.deliveries, job.id, () =>
    options.messages.send({
      id: job.id,
      phone: details.buyer.phone,
      template: 'tickets_ready',
      parameters: parametersOf(told),
      linkSuffix: show.slug,
    }),
  );
}

function parametersOf({ details, show }: ToldOrder): readonly string[] {
  const name = firstName(details.buyer.name) || 'tudo bem';
  return [name, show.title, brasiliaTime(show.startsAt)];
}
