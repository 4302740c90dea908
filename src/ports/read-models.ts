import type {
  EventId,
  LotId,
  NodeId,
  OrderId,
  OrderView,
  SubjectId,
  TicketView,
} from '@ingressou/protocol';
import type { Place } from './followers.ts';
import type { Projection } from './projection.ts';

/** The follower that keeps the read models. */
export const projectorName = 'projector';

/**
 * What lists, pages and reports are read from: always a little behind, and never what anything is
 * decided from. Whoever has seen a show at some point passes it as `asOf`, and is told `behind`
 * instead of something older; then the show's actor knows.
 */
export interface ReadModels {
  /**
   * Applies what some facts change and moves the projector's place, both or neither. The same
   * projection twice is applied once. Returns the new place, or undefined when somebody else has
   * taken over.
   *
   * @throws {ReadModelsUnavailableError} it is applied or not: ask for the place, or try again
   * @throws {ReadModelsBrokenError} the rows refuse it, for instance a serial that is there already
   */
  project(place: Place, projection: Projection): Promise<Place | undefined>;

  /**
   * Forgets everything about a show, and gives the caller its projector's place at the beginning,
   * whoever had it. The caller's lease must run. Undefined when there is no such show.
   *
   * @throws {ReadModelsUnavailableError}
   */
  restart(event: EventId, node: NodeId): Promise<Place | undefined>;

  /** How far a show's rows are. @throws {ReadModelsUnavailableError} */
  positionOf(event: EventId): Promise<Point>;

  /** @throws {ReadModelsUnavailableError} */
  order(event: EventId, order: OrderId, asOf?: Point): Promise<KeptOrder | undefined | 'behind'>;

  /**
   * The orders of a person in all shows, newest first, at most `max` behind `after`. What was true
   * some seconds ago will do.
   *
   * @throws {ReadModelsUnavailableError}
   */
  ordersOf(subject: SubjectId, max: number, after?: OrderCursor): Promise<OrderPage>;

  /** @throws {ReadModelsUnavailableError} */
  ticketsOf(
    event: EventId,
    order: OrderId,
    asOf?: Point,
  ): Promise<readonly TicketView[] | 'behind'>;

  /**
   * The lots of a show in the order they were opened. What was true some seconds ago will do,
   * unless it must be as new as `asOf`.
   *
   * @throws {ReadModelsUnavailableError}
   */
  salesOf(event: EventId, asOf?: Point): Promise<readonly LotSales[] | 'behind'>;
}

/** A point in the history of a show, as every answer and delta tells it. */
export interface Point {
  readonly generation: number;
  readonly position: number;
}

/** Whatever was seen of an older history is not waited for: it may be gone. */
export function hasReached(point: Point, asOf: Point): boolean {
  if (point.generation !== asOf.generation) return point.generation > asOf.generation;
  return point.position >= asOf.position;
}

export interface KeptOrder {
  readonly event: EventId;
  readonly subject: SubjectId;
  readonly createdAt: number;
  /** Of the last fact about it. */
  readonly position: number;
  readonly order: OrderView;
}

/** The last order of a page. */
export interface OrderCursor {
  readonly createdAt: number;
  readonly order: OrderId;
}

export interface OrderPage {
  readonly orders: readonly KeptOrder[];
  /** Absent on the last page. */
  readonly next?: OrderCursor;
}

/** How a lot sells. */
export interface LotSales {
  readonly lot: LotId;
  readonly sector: string;
  readonly name: string;
  readonly priceCents: number;
  readonly isHalf: boolean;
  readonly quantity: number;
  readonly held: number;
  /** Valid tickets, and those that were given back. */
  readonly sold: number;
  readonly refunded: number;
  /** What all tickets that were ever sold cost, and those of them that were given back. */
  readonly grossCents: number;
  readonly refundedCents: number;
}

/** No answer. Asking again is safe. */
export class ReadModelsUnavailableError extends Error {
  override readonly name = 'ReadModelsUnavailableError';
  constructor(options?: ErrorOptions) {
    super('The read models cannot be reached.', options);
  }
}

/** What was projected does not fit the rows there are: a show must be looked at. */
export class ReadModelsBrokenError extends Error {
  override readonly name = 'ReadModelsBrokenError';
}
