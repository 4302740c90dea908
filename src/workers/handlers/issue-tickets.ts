import type { EventId, OrderView } from '@ingressou/protocol';
import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import type { Delivery } from '../../ports/jobs.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { TicketSigner, UnsignedTicket } from '../tickets/signer.ts';
import { unsignedTicket } from '../tickets/unsigned-ticket.ts';
import { eventOf, orderOf } from './job-body.ts';
import { askShow, orderIn, tell, ticketsIn } from './tell-show.ts';

export interface IssueOptions {
  readonly commands: Commands;
  readonly signer: Pick<TicketSigner, 'sign'>;
  readonly telemetry: Pick<Telemetry, 'ticketsIssued'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Signs the codes of a paid order's tickets, keeps them, and tells the show that they are there. */
export async function issueTickets(options: IssueOptions, job: Delivery): Promise<void> {
  const event = eventOf(job);
  const id = orderOf(job);
  const order = await orderIn(options.commands, event, id);
  const tickets = await ticketsOf(options.commands, event, order);
  // All of them may have been given back since.
  if (tickets.length > 0) await options.signer.sign(event, tickets);
  await tell(options.commands, event, { type: 'note_signed', order: id });
  if (order.hasCodes) return;
  const ms = options.clock.now() - (order.paidAt ?? options.clock.now());
  options.telemetry.ticketsIssued({ count: tickets.length, ms });
}

/** What the codes of an order's valid tickets say. */
export async function ticketsOf(
  commands: Commands,
  event: EventId,
  order: OrderView,
): Promise<UnsignedTicket[]> {
  const { value: view } = await askShow(commands, event, { type: 'view' });
  return ticketsIn(order)
    .filter(({ status }) => status === 'valid')
    .map((ticket) => unsignedTicket(view.lots, ticket));
}
