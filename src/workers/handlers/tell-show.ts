import type { EventId, OrderId, OrderView, RejectionReason } from '@ingressou/protocol';
import { rejections } from '@ingressou/protocol';
import type { Command } from '../../domain/commands.ts';
import type { Question } from '../../domain/questions.ts';
import type { Commands, Reply } from '../../ports/commands.ts';
import { RejectedJobError, RetryError } from '../../ports/jobs.ts';

/**
 * Tells a show something and resolves with `accepted` or the reason of a final no.
 *
 * @throws {RetryError} it may be heard later
 */
export async function tell(
  commands: Commands,
  event: EventId,
  command: Command,
): Promise<'accepted' | RejectionReason> {
  const answer = await commands.submit(event, command);
  if (answer.accepted) return 'accepted';
  const { reason } = answer.rejection;
  if (!rejections[reason].retryable && !mendable.has(reason)) return reason;
  throw new RetryError(`the show answers ${reason} to ${command.type}`);
}

/**
 * @throws {RetryError} it may be answered later
 * @throws {RejectedJobError} there is no such show
 */
export async function askShow<Q extends Question>(
  commands: Commands,
  event: EventId,
  question: Q,
): Promise<Reply<Q>> {
  const reply = await commands.ask(event, question);
  if (reply.accepted) return reply;
  const { reason } = reply.rejection;
  if (reason === 'show_not_found') throw new RejectedJobError('there is no such show');
  throw new RetryError(`the show answers ${reason} when asked for ${question.type}`);
}

/**
 * An order as its show has it. A show without an owner is read and not woken, and what was read may
 * be a second old: what its job already knows of may not be there yet.
 *
 * @throws {RetryError}, {RejectedJobError} as `askShow`
 */
export async function orderIn(
  commands: Commands,
  event: EventId,
  order: OrderId,
): Promise<OrderView> {
  const reply = await askShow(commands, event, { type: 'order', order });
  const found = reply.value?.order;
  if (found === undefined) throw new RetryError('the show does not know the order yet');
  return found;
}

/** @throws {RetryError} the show does not know yet that it has some, as with `orderIn` */
export function ticketsIn({ tickets }: OrderView): OrderView['tickets'] {
  if (tickets.length === 0) throw new RetryError('the show does not know the tickets yet');
  return tickets;
}

/** No after which an operator can make it a yes: what is told must not be lost until then. */
const mendable: ReadonlySet<RejectionReason> = new Set(['sealed', 'internal_error']);
