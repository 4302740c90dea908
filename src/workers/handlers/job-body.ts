import { type EventId, type OrderId, ProtocolError, parseId } from '@ingressou/protocol';
import { type Delivery, RejectedJobError } from '../../ports/jobs.ts';

// What a job carries, read back. A job that lacks it was written by somebody else, or by a version
// that is too new: nobody can ever do it, so it is dead at once and an operator sees it.

/** @throws {RejectedJobError} */
export function eventOf({ event }: Delivery): EventId {
  if (event === undefined) throw new RejectedJobError('the job names no show');
  return event;
}

/** @throws {RejectedJobError} */
export function orderOf({ body }: Delivery): OrderId {
  try {
    return parseId<OrderId>(body.order);
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new RejectedJobError('the job names no order');
  }
}

/** @throws {RejectedJobError} */
export function textOf({ body }: Delivery, name: string): string {
  const value = body[name];
  if (typeof value === 'string') return value;
  throw new RejectedJobError(`the job lacks the text "${name}"`);
}

/** @throws {RejectedJobError} */
export function numberOf({ body }: Delivery, name: string): number {
  const value = body[name];
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new RejectedJobError(`the job lacks the number "${name}"`);
}
