import type { EventId, OrderId, SubjectId } from '@ingressou/protocol';
import type { CardPayment, Customer } from './payments.ts';

/** Who buys and who will come: the only place outside the buyer's browser where that is known. */
export interface OrderDetails {
  readonly buyer: Customer;
  /** One for each ticket, in the order of the order's lines. */
  readonly holders: readonly Holder[];
  /** What pays, when it is a card. */
  readonly card?: CardPayment;
}

export interface Holder {
  readonly name: string;
}

export interface OrderName {
  readonly order: OrderId;
  readonly event: EventId;
}

export interface OrderOwner {
  readonly event: EventId;
  readonly subject: SubjectId;
}

/** A subject who gave a mail address that somebody asks about. */
export interface AddressUser {
  readonly subject: SubjectId;
  /** Orders under that address, and under other ones. */
  readonly orders: number;
  readonly otherOrders: number;
}

export type OrderPeople = Pick<OrderDetails, 'buyer' | 'holders'>;

export interface KeptDetails extends OrderDetails, OrderOwner {}

/**
 * Details of orders, readable by nobody who has the database alone. They are told before the
 * checkout, under the id that the order will have, and never changed: who mistyped a name makes a
 * new id. So what a payment was made with is what the tickets are made out to.
 */
export interface OrderDetailsStore {
  /**
   * Keeps them under the order's id. The same details again are `kept`; an id under which somebody
   * else told theirs is `taken`; other details under an id of one's own are `changed_too_late`.
   *
   * @throws {DetailsUnavailableError} they are kept or not: keep them again
   */
  keep(
    order: OrderId,
    event: EventId,
    subject: SubjectId,
    details: OrderDetails,
    now: number,
  ): Promise<'kept' | 'taken' | 'changed_too_late'>;

  /**
   * Whether this subject told the details of that order: asked before every checkout.
   *
   * @throws {DetailsUnavailableError}
   */
  has(order: OrderId, subject: SubjectId): Promise<boolean>;

  /**
   * Whose order it will be or is, and of which show; undefined when nobody told its details.
   *
   * @throws {DetailsUnavailableError}
   */
  whose(order: OrderId): Promise<OrderOwner | undefined>;

  /**
   * Undefined when nobody told any, or when whoever did was erased.
   *
   * @throws {DetailsUnavailableError}
   */
  read(order: OrderId): Promise<KeptDetails | undefined>;

  /**
   * The people of some orders; those of orders that nobody told any of, or whose buyer was erased,
   * are missing.
   *
   * @throws {DetailsUnavailableError}
   */
  people(orders: readonly OrderId[]): Promise<ReadonlyMap<OrderId, OrderPeople>>;

  /**
   * Forgets the card: it was used, or never will be.
   *
   * @throws {DetailsUnavailableError}
   */
  forgetCard(order: OrderId): Promise<void>;

  /**
   * Deletes all that a subject ever told, and the key it was sealed with: rows that a disk or a log
   * still has of it can be read by nobody. A backup from before has both.
   *
   * @throws {DetailsUnavailableError} it was done or not: do it again
   */
  erase(subject: SubjectId): Promise<void>;

  /**
   * The orders that a subject told details of, and that are kept.
   *
   * @throws {DetailsUnavailableError}
   */
  toldBy(subject: SubjectId): Promise<readonly OrderName[]>;

  /**
   * Who gave a mail address, and for how many orders that one or another. It opens all there is, a
   * page at a time: for operators, and for no request.
   *
   * @throws {DetailsUnavailableError}
   */
  usersOf(email: string): Promise<readonly AddressUser[]>;

  /**
   * Deletes what was kept before `olderThan` for orders that were never made; `known` says which of
   * some were. An id can be checked out for a day, so `olderThan` lies further back than that. Says
   * how many it has looked at: there may be more unless there were none.
   *
   * @throws {DetailsUnavailableError} or what `known` threw
   */
  sweep(
    olderThan: number,
    known: (orders: readonly OrderName[]) => Promise<ReadonlySet<OrderId>>,
  ): Promise<number>;
}

/** The details cannot be kept or read now. Asking again is safe. */
export class DetailsUnavailableError extends Error {
  override readonly name = 'DetailsUnavailableError';
  constructor(options?: ErrorOptions) {
    super('The details of orders cannot be reached.', options);
  }
}
