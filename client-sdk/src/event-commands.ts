import type { CommandId, EventId, HoldId, HoldView, OrderId } from '@ingressou/protocol';
import type { Refusal } from './answers.ts';
import type { Accepted, Wish } from './commands-in-flight.ts';
import { type CommandOptions, type EventHandle, idOf, itemsOf, serialsOf } from './event-handle.ts';

/** Sends a wish and brings what became of it. */
export type Submit = (wish: Wish, id: CommandId | undefined) => Promise<Accepted | Refusal>;

/**
 * The commands of one show: what a caller says becomes a wish, and its answer what a caller reads.
 *
 * @param now milliseconds since 1970 by the server's clock
 */
export function commandsOf(
  event: EventId,
  submit: Submit,
  now: () => number,
): Omit<EventHandle, 'id' | 'watch'> {
  const ask = (wish: Wish, options: CommandOptions = {}) =>
    submit(wish, options.id && idOf<HoldId>(options.id));
  return {
    async reserve(wanted, options) {
      const items = itemsOf(wanted);
      const answer = await ask({ type: 'reserve', event, items }, options);
      return answer.accepted ? { accepted: true, hold: holdMade(items, answer, now()) } : answer;
    },
    async extend(id, options) {
      const answer = await ask({ type: 'extend', event, hold: idOf<HoldId>(id) }, options);
      return answer.accepted ? { accepted: true, expiresAt: endOf(answer, now()) } : answer;
    },
    async release(id, options) {
      const answer = await ask({ type: 'release', event, hold: idOf<HoldId>(id) }, options);
      return answer.accepted ? { accepted: true } : answer;
    },
    async checkout(id, method, options) {
      const answer = await ask(
        { type: 'checkout', event, hold: idOf<HoldId>(id), method },
        options,
      );
      if (!answer.accepted) return answer;
      return { accepted: true, order: answer.id, holdExpiresAt: endOf(answer, now()) };
    },
    async cancel(id, options) {
      const answer = await ask({ type: 'cancel', event, order: idOf<OrderId>(id) }, options);
      return answer.accepted ? { accepted: true } : answer;
    },
    async refund(id, serials, options) {
      const order = idOf<OrderId>(id);
      const some = serials === undefined ? {} : { serials: serialsOf(serials) };
      const answer = await ask({ type: 'refund', event, order, ...some }, options);
      return answer.accepted ? { accepted: true } : answer;
    },
  };
}

export function holdMade(items: HoldView['items'], answer: Accepted, now: number): HoldView {
  const expiresAt = endOf(answer, now);
  return { id: answer.id, status: 'held', items, expiresAt, canExtend: true };
}

/** A hold after a wish about it was granted. */
export function holdChanged(hold: HoldView, wish: Wish, answer: Accepted, now: number): HoldView {
  const status = wish.type === 'release' ? 'released' : 'held';
  return { ...hold, status, expiresAt: endOf(answer, now), canExtend: false };
}

/** A `release` names no time: it ends the hold now. */
function endOf({ expiresAt }: Accepted, now: number): number {
  return expiresAt ?? now;
}
