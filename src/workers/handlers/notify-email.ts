import type { Deliveries } from '../../ports/deliveries.ts';
import { type Delivery, RejectedJobError, RetryError } from '../../ports/jobs.ts';
import { type Attachment, DeliveryRefusedError, type Mail } from '../../ports/mail.ts';
import type { MailContent } from '../templates/mail-layout.ts';
import { paymentFailedMail, refundedMail, refundRequestedMail } from '../templates/money-mails.ts';
import { ticketsReadyMail } from '../templates/tickets-ready.ts';
import type { TicketFiles } from '../ticket-files.ts';
import { numberOf, textOf } from './job-body.ts';
import { ticketsIn } from './tell-show.ts';
import {
  holderOf,
  isForPaper,
  lotOf,
  orderMail,
  type ToldOrder,
  type ToldOrderOptions,
  toldOrder,
  validTickets,
} from './told-order.ts';

export interface NotifyOptions extends ToldOrderOptions {
  readonly deliveries: Deliveries;
  readonly mail: Mail;
  readonly files: Pick<TicketFiles, 'of'>;
  /** Begins the links. */
  readonly publicUrl: string;
}

/**
 * Tells a buyer by mail. At least once: after a crash between the sending and the note of it, the
 * same mail leaves again under the same id.
 */
export async function notifyByEmail(options: NotifyOptions, job: Delivery): Promise<void> {
  const told = await toldOrder(options, job);
  if (told === undefined || (await hasLeft(options.deliveries, told, job))) return;
  const written = await contentOf(options, told, job);
  if (written === undefined) return;
  const { event, order, details } = told;
  await options.deliveries.record({ id: job.id, kind: 'mail', event, order: order.id });
  const { name, email } = details.buyer;
  await leave(options.deliveries, job.id, () =>
    options.mail.send({ id: job.id, to: { name, email }, ...written }),
  );
}

/** Whether it was taken from us before. */
export async function hasLeft(
  deliveries: Pick<Deliveries, 'of'>,
  { order }: ToldOrder,
  { id }: Delivery,
): Promise<boolean> {
  const before = (await deliveries.of(order.id)).find((each) => each.id === id);
  return before !== undefined && before.status !== 'unsent' && before.status !== 'failed';
}

/** Hands it over and notes how that went. @throws {RejectedJobError} it will never leave */
export async function leave(
  deliveries: Pick<Deliveries, 'raise'>,
  ourId: string,
  send: () => Promise<{ readonly messageId: string }>,
): Promise<void> {
  try {
    const { messageId } = await send();
    await deliveries.raise([{ ourId, messageId, status: 'accepted' }]);
  } catch (cause) {
    if (!(cause instanceof DeliveryRefusedError)) throw cause;
    await deliveries.raise([{ ourId, status: 'failed' }]);
    throw new RejectedJobError(cause.message);
  }
}

type Written = MailContent & { readonly attachments: readonly Attachment[] };

async function contentOf(
  { files, publicUrl }: NotifyOptions,
  told: ToldOrder,
  job: Delivery,
): Promise<Written | undefined> {
  const mail = orderMail(told, publicUrl);
  const { method } = told.order;
  const template = textOf(job, 'template');
  switch (template) {
    case 'tickets_ready':
      return await ticketsReady(files, told, publicUrl);
    case 'payment_failed':
      return plain(paymentFailedMail(mail));
    case 'refund_requested':
      return plain(
        refundRequestedMail({ ...mail, method, amountCents: numberOf(job, 'amountCents') }),
      );
    case 'refund_done':
      return plain(refundedMail({ ...mail, method, amountCents: numberOf(job, 'amountCents') }));
    default:
      throw new RejectedJobError(`there is no mail "${template}"`);
  }
}

/** Undefined when all tickets were given back meanwhile. */
async function ticketsReady(
  files: Pick<TicketFiles, 'of'>,
  told: ToldOrder,
  publicUrl: string,
): Promise<Written | undefined> {
  ticketsIn(told.order);
  const valid = validTickets(told);
  if (valid.length === 0) return undefined;
  const pdf = await files.of(told);
  if (pdf === 'not_ready') throw new RetryError('the codes are not signed yet');
  const tickets = valid.map((ticket) => {
    const found = lotOf(told, ticket);
    const { sector, name: lot, isHalf } = found;
    const about = { sector, lot, isHalf, isForPaper: isForPaper(found) };
    return { serial: ticket.serial, ...about, holderName: holderOf(told, ticket) };
  });
  const content = ticketsReadyMail({ ...orderMail(told, publicUrl), tickets });
  return {
    ...content,
    attachments: [{ name: 'ingressos.pdf', type: 'application/pdf', bytes: pdf }],
  };
}

function plain(content: MailContent): Written {
  return { ...content, attachments: [] };
}
