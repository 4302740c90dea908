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
import { belongingsOf, OwnNews } from './own-news.ts';
import { PendingOrders } from './pending-orders.ts';
import type { Point } from './point.ts';
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
 * the topic's own rhythm; and what happened to their own holds and orders, at once. When facts were
 * missed, both are told anew.
 */
export class Fanout {
  readonly #options: FanoutOptions;
  readonly #topics = new Map<EventId, Topic>();
  /** Of shows about which somebody is still to be told of what is theirs. */
  readonly #news = new Map<EventId, OwnNews>();
  readonly #pending = new PendingOrders();

  constructor(options: FanoutOptions) {
    this.#options = options;
  }

  /**
   * Hears of committed rows: of every show that lives here, and of those elsewhere that are
   * watched. Rows of two owners may come in any order, and rows from elsewhere may be missing.
   */
  follow(committed: Committed): void {
    const { event, generation, to: position } = committed;
    this.#topics.get(event)?.follow(committed);
    const orders = new Map<OrderId, SubjectId>();
    for (const fact of committed.facts) this.#tellSubject(committed, fact, orders);
    for (const [order, subject] of orders) {
      this.#newsOf(event).tellOrder(order, subject, { generation, position });
    }
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

  /**
   * What the session's subject has in some shows. Those of which nobody could say are
   * `unanswered`.
   */
  async belongingsOf(session: Watcher, events: readonly EventId[]): Promise<BelongingsOfShows> {
    const subject = session.identity?.subject;
    if (subject === undefined) return { holds: [], orders: [], unanswered: [] };
    const { commands } = this.#options;
    const found: BelongingsOfShows = { holds: [], orders: [], unanswered: [] };
    const asked = events.map((event) => belongingsOf(commands, event, subject));
    for (const [index, told] of (await Promise.all(asked)).entries()) {
      const event = events[index]!;
      if ('accepted' in told) {
        found.unanswered.push(event);
        continue;
      }
      const point = told.orderedAt;
      this.#pending.note(session, event, told.orders);
      found.holds.push(...told.holds.map((hold) => ({ event, hold })));
      found.orders.push(...told.orders.map((order) => ({ event, point, order })));
    }
    return found;
  }

  async #watch(session: Watcher, event: EventId, since: ResumePoint | undefined): Promise<void> {
    const topic = this.#topicOf(event);
    const refusal = await topic.add(session, since);
    if (refusal !== undefined) {
      this.unwatch(session, event);
      session.refuse(event, refusal);
      return;
    }
    // What is theirs went out with `welcome`.
    if (since === undefined) await this.#tellWatcher(session, event);
  }

  async #tellWatcher(session: Watcher, event: EventId): Promise<void> {
    const subject = session.identity?.subject;
    if (subject === undefined) return;
    const told = await belongingsOf(this.#options.commands, event, subject);
    if ('accepted' in told) this.#newsOf(event).tellAll(subject);
    else this.#newsOf(event).tellFound([session], subject, told);
  }

  /** Facts were missed, and what they did to anybody: it is asked for, as of `point` or later. */
  #tellAll(event: EventId, watchers: Iterable<Watcher>, point: Point): void {
    const subjects = new Set<SubjectId>();
    for (const { identity } of watchers) if (identity !== undefined) subjects.add(identity.subject);
    const news = this.#newsOf(event);
    for (const subject of subjects) news.tellAll(subject, point);
  }

  #newsOf(event: EventId): OwnNews {
    const known = this.#news.get(event);
    if (known !== undefined) return known;
    const onIdle = () => void this.#news.delete(event);
    const news = new OwnNews(event, { ...this.#options, pending: this.#pending, onIdle });
    this.#news.set(event, news);
    return news;
  }

  #topicOf(event: EventId): Topic {
    const known = this.#topics.get(event);
    if (known !== undefined) return known;
    const onMissed = (watchers: Iterable<Watcher>, point: Point) =>
      this.#tellAll(event, watchers, point);
    const topic = new Topic(event, { ...this.#options, onMissed });
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
}

/** As `welcome` tells it. */
export interface BelongingsOfShows {
  readonly holds: { readonly event: EventId; readonly hold: HoldView }[];
  readonly orders: { readonly event: EventId; readonly point: Point; readonly order: OrderView }[];
  readonly unanswered: EventId[];
}

/** The order that a fact is about. */
function orderIn(fact: Fact): OrderId | undefined {
  if (fact.type === 'checked_out') return fact.id;
  return 'order' in fact ? fact.order : undefined;
}
