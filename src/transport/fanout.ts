import type {
  EventId,
  HoldView,
  OrderId,
  OrderView,
  ResumePoint,
  SubjectId,
} from '@ingressou/protocol';
import type { Fact } from '../domain/facts.ts';
import type { Clock } from '../ports/clock.ts';
import type { Commands, Committed } from '../ports/commands.ts';
import type { Feeds, Standing } from '../ports/feeds.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { holdAfter, isAboutHold } from './hold-after.ts';
import type { SessionRegistry } from './session-registry.ts';
import { Topic } from './topic.ts';
import type { Watcher } from './watcher.ts';

export interface FanoutOptions {
  readonly commands: Commands;
  /** What other nodes commit. Absent in a process that is alone. */
  readonly feeds?: Feeds;
  readonly registry: SessionRegistry;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/**
 * Who watches which show, and what they hear of it: the state at first, then conflated deltas at
 * the topic's own rhythm; and what happened to their own holds, at once.
 */
export class Fanout {
  readonly #options: FanoutOptions;
  readonly #topics = new Map<EventId, Topic>();

  constructor(options: FanoutOptions) {
    this.#options = options;
  }

  /**
   * Hears of committed rows: of every show that lives here, and of those elsewhere that are
   * watched. Rows of two owners may come in any order, and rows from elsewhere may be missing.
   */
  follow(committed: Committed): void {
    this.#topics.get(committed.event)?.follow(committed);
    const orders = new Map<OrderId, SubjectId>();
    for (const fact of committed.facts) this.#tellSubject(committed, fact, orders);
    for (const [order, subject] of orders) void this.#tellOrder(committed.event, order, subject);
  }

  /** A show has come this far: whoever is behind that has missed something. */
  reached(standing: Standing): void {
    this.#topics.get(standing.event)?.reached(standing);
  }

  /** Facts of this show may have been missed. */
  missed(event: EventId): void {
    this.#topics.get(event)?.refresh();
  }

  /** Begins to follow a show. From `since` on, if nothing has changed since then. */
  watch(session: Watcher, event: EventId, since?: ResumePoint): void {
    session.watched.add(event);
    void this.#watch(session, event, since);
  }

  unwatch(session: Watcher, event: EventId): void {
    session.watched.delete(event);
    const topic = this.#topics.get(event);
    topic?.delete(session);
    if (topic?.size !== 0) return;
    this.#topics.delete(event);
    this.#options.feeds?.unfollow(event);
  }

  leave(session: Watcher): void {
    for (const event of [...session.watched]) this.unwatch(session, event);
  }

  /** After a lag: the state of everything this session watches. */
  resync(session: Watcher): void {
    for (const event of session.watched) void this.#topics.get(event)?.sendState(session);
  }

  /** The session's own live holds of some shows. */
  async holdsOf(
    session: Watcher,
    events: readonly EventId[],
  ): Promise<{ readonly event: EventId; readonly hold: HoldView }[]> {
    const subject = session.identity?.subject;
    if (subject === undefined) return [];
    const { commands } = this.#options;
    const replies = await Promise.all(
      events.map(async (event) => ({
        event,
        reply: await commands.ask(event, { type: 'holds', subject }),
      })),
    );
    return replies.flatMap(({ event, reply }) =>
      reply.accepted ? reply.value.map((hold) => ({ event, hold })) : [],
    );
  }

  /** The session's own pending and paid orders of some shows. */
  async ordersOf(
    session: Watcher,
    events: readonly EventId[],
  ): Promise<{ readonly event: EventId; readonly point: Point; readonly order: OrderView }[]> {
    const subject = session.identity?.subject;
    if (subject === undefined) return [];
    const { commands } = this.#options;
    const replies = await Promise.all(
      events.map(async (event) => ({
        event,
        reply: await commands.ask(event, { type: 'orders', subject }),
      })),
    );
    return replies.flatMap(({ event, reply }) =>
      reply.accepted ? reply.value.map((order) => ({ event, point: pointOf(reply), order })) : [],
    );
  }

  async #watch(session: Watcher, event: EventId, since: ResumePoint | undefined): Promise<void> {
    const topic = this.#topicOf(event);
    const refusal = await topic.add(session, since);
    if (refusal !== undefined) {
      this.unwatch(session, event);
      session.refuse(event, refusal);
      return;
    }
    if (since !== undefined) return; // Its holds went out with `welcome`.
    for (const { hold } of await this.holdsOf(session, [event])) {
      session.send({ type: 'hold', event, hold });
    }
    for (const { point, order } of await this.ordersOf(session, [event])) {
      session.send({ type: 'order', event, ...point, order });
    }
  }

  #topicOf(event: EventId): Topic {
    const known = this.#topics.get(event);
    if (known !== undefined) return known;
    const topic = new Topic(event, this.#options);
    this.#topics.set(event, topic);
    // Before the view is asked for: what is committed behind it must be heard.
    this.#options.feeds?.follow(event);
    return topic;
  }

  /**
   * Every window of the subject but the one that asked: that one gets the answer. What a fact did
   * to an order is asked for afterwards, once for all facts of a row.
   */
  #tellSubject({ event, at }: Committed, fact: Fact, orders: Map<OrderId, SubjectId>): void {
    if (!('subject' in fact) || fact.subject === undefined) return;
    if (!isAboutHold(fact)) {
      const order = orderIn(fact);
      const isHere = this.#options.registry.of(fact.subject) !== undefined;
      if (order !== undefined && isHere) orders.set(order, fact.subject);
      return;
    }
    const id = 'id' in fact ? fact.id : '';
    for (const session of this.#options.registry.of(fact.subject) ?? []) {
      if (session.isAwaiting(id)) continue;
      session.send({ type: 'hold', event, hold: holdAfter(fact, at) });
    }
  }

  /** All windows of the subject hear of the order as it is now, and of its hold. */
  async #tellOrder(event: EventId, order: OrderId, subject: SubjectId): Promise<void> {
    const { commands, registry } = this.#options;
    const reply = await commands.ask(event, { type: 'order', order, subject });
    // A show that cannot be asked now is asked again by whoever looks at the order.
    if (!reply.accepted || reply.value === null) return;
    for (const session of registry.of(subject) ?? []) {
      session.send({ type: 'hold', event, hold: reply.value.hold });
      session.send({ type: 'order', event, ...pointOf(reply), order: reply.value.order });
    }
  }
}

/** Where in a show's history something was true. */
type Point = Pick<Standing, 'generation' | 'position'>;

function pointOf({ generation, position }: Point): Point {
  return { generation, position };
}

/** The order that a fact is about. */
function orderIn(fact: Fact): OrderId | undefined {
  if (fact.type === 'checked_out') return fact.id;
  return 'order' in fact ? fact.order : undefined;
}
