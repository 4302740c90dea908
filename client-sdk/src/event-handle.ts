import type {
  CommandId,
  EventId,
  HoldId,
  Item,
  LotId,
  OrderId,
  PaymentMethod,
} from '@ingressou/protocol';
import { limits, ProtocolError, parseId } from '@ingressou/protocol';
import type {
  CancelAnswer,
  CheckoutAnswer,
  ExtendAnswer,
  RefundAnswer,
  ReleaseAnswer,
  ReserveAnswer,
} from './answers.ts';
import { MisuseError } from './errors.ts';
import type { ShowView } from './show.ts';

export interface CommandOptions {
  /** The `id` of an earlier refusal of the same call: repeats that very wish. */
  readonly id?: CommandId;
}

/** One show as seen through a connection. */
export interface EventHandle {
  readonly id: EventId;

  /**
   * Tells `listener` what is known of the show, now and whenever it changes. Returns what ends
   * the watch; the show is followed as long as anybody watches it.
   */
  watch(listener: (view: ShowView) => void): () => void;

  /**
   * Takes all items or none. `quantity` is a whole number from 1 to `limits.holdQuantityMax`.
   *
   * All three commands wait for a connection if there is none, at most the command deadline.
   * They reject with {@link MisuseError} for a call that can never work and with
   * `ConnectionEndedError` when the connection is closed or failed, and with nothing else.
   */
  reserve(items: readonly WantedItem[], options?: CommandOptions): Promise<ReserveAnswer>;
  /** Gives a hold more time, once. */
  extend(hold: string, options?: CommandOptions): Promise<ExtendAnswer>;
  /** Gives a hold back. */
  release(hold: string, options?: CommandOptions): Promise<ReleaseAnswer>;
  /**
   * Makes an order of a hold. Who buys is told before, under the id that is passed here too:
   * `POST /v1/orders/ID/details`.
   */
  checkout(hold: string, method: PaymentMethod, options: CommandOptions): Promise<CheckoutAnswer>;
  /** Gives up an order that is not paid, and its hold. */
  cancel(order: string, options?: CommandOptions): Promise<CancelAnswer>;
  /** Gives tickets of a paid order back: these serials, or all. */
  refund(
    order: string,
    serials?: readonly number[],
    options?: CommandOptions,
  ): Promise<RefundAnswer>;
}

/** `quantity` units of the lot with this id. */
export interface WantedItem {
  readonly lot: string;
  readonly quantity: number;
}

/**
 * What the server would take for a broken frame, and close the socket for, is a misuse; what it
 * would refuse politely is left to it.
 *
 * @throws {MisuseError} `invalid_items` or `malformed_id`
 */
export function itemsOf(items: readonly WantedItem[]): Item[] {
  if (items.length > limits.entriesMax || !items.every((item) => Number.isFinite(item.quantity))) {
    throw new MisuseError('invalid_items', `Not ${limits.entriesMax} finite quantities at most.`);
  }
  return items.map(({ lot, quantity }) => ({ lot: idOf<LotId>(lot), quantity }));
}

/** @throws {MisuseError} `invalid_serials` */
export function serialsOf(serials: readonly number[]): readonly number[] {
  const isList = serials.length > 0 && serials.length <= limits.entriesMax;
  if (isList && serials.every((serial) => Number.isSafeInteger(serial) && serial > 0))
    return serials;
  throw new MisuseError('invalid_serials', `Not 1 to ${limits.entriesMax} numbers of tickets.`);
}

/** @throws {MisuseError} `malformed_id` */
export function idOf<T extends EventId | LotId | HoldId | OrderId>(value: string): T {
  try {
    return parseId<T>(value);
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new MisuseError('malformed_id', `Not a UUID in lower case: ${value}`, { cause });
  }
}
