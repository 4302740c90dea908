import {
  type CommandId,
  type EventId,
  limits,
  type Notation,
  type OrderId,
  type OrderView,
  type ResumePoint,
  type ServerMessage,
  type SubjectId,
  uuid7,
} from '@ingressou/protocol';
import { httpUrl, liveUrl } from './addresses.ts';
import type { Refusal } from './answers.ts';
import { cryptoRandom, type Random } from './backoff.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Accepted, CommandsInFlight, type Wish } from './commands-in-flight.ts';
import { Credentials, type Token } from './credentials.ts';
import { ConnectionEndedError } from './errors.ts';
import { commandsOf, holdChanged, holdMade, type Submit } from './event-commands.ts';
import { type EventHandle, idOf } from './event-handle.ts';
import { Link, type LiveMessage } from './link.ts';
import { Orders } from './orders.ts';
import { type Fetch, Requests } from './requests.ts';
import { ServerClock } from './server-clock.ts';
import { Show, type ShowView } from './show.ts';
import { defaultWebSocket, type WebSocketConstructor } from './socket.ts';
import type { ConnectionState, StateListener } from './states.ts';

type Welcome = Extract<ServerMessage, { readonly type: 'welcome' }>;

/**
 * The life of a connection:
 *
 *     idle → connecting → live ⇄ resuming → stale → live …      closed and failed from anywhere
 *
 * `link.ts` keeps a socket alive. Here is what survives it: the shows that are watched and the
 * commands that are unanswered. When the socket is lost, every view turns stale. When it is back,
 * `hello` has named the position of each show; `welcome` lists my holds in them, which replace
 * what was known, and the server goes on from the positions. A show without a position yet is
 * asked for anew. Then every unanswered command leaves again with the id it had.
 */

export interface ConnectOptions {
  /** The server's base address, http(s) or ws(s); the path of the live socket is added. */
  readonly url: string;
  /** An access token, or a function that gives a fresh one. Without it one may only watch. */
  readonly token?: Token;
  /** For a runtime that has no WebSocket of its own. */
  readonly webSocket?: WebSocketConstructor;
  /** For requests over HTTP; the runtime's own unless passed. */
  readonly fetch?: Fetch;
  readonly notation?: Notation;
  /** How long a command or a request is tried before it is answered with what is known, in milliseconds. */
  readonly commandDeadlineMs?: number;
  /** From losing the socket to the state `stale`, in milliseconds. */
  readonly staleAfterMs?: number;
  /** Gives that many random bytes: for ids and for jitter. */
  readonly random?: Random;
  readonly clock?: Clock;
}

/**
 * Opens a connection and keeps it. Returns at once; `onState` tells how it goes.
 *
 * @throws {MisuseError} `invalid_url` or `web_socket_missing`
 */
export function connect(options: ConnectOptions): Connection {
  return new Connection(options);
}

export class Connection {
  /** Details, payments and tickets, over HTTP. */
  readonly orders: Orders;
  readonly #requests: Requests;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #serverClock: ServerClock;
  readonly #link: Link;
  readonly #commands: CommandsInFlight;
  readonly #shows = new Map<EventId, Show>();
  /** The shows that the last `hello` named. */
  #resumed: readonly ResumePoint[] = [];
  #welcome: Welcome | undefined;

  constructor(options: ConnectOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? cryptoRandom;
    this.#serverClock = new ServerClock(this.#clock);
    const credentials = new Credentials(options.token);
    this.#link = this.#newLink(options, credentials);
    this.#requests = this.#newRequests(options, credentials);
    this.orders = this.#newOrders();
    this.#commands = this.#newCommands(options);
    this.#link.states.onChange((now) => this.#onState(now));
    // In a microtask, so that a listener added right after `connect` hears everything.
    queueMicrotask(() => this.#link.start());
  }

  get state(): ConnectionState {
    return this.#link.states.current;
  }

  /** Who the server says I am; undefined before the first `welcome` and for an anonymous socket. */
  get subject(): SubjectId | undefined {
    return this.#welcome?.subject;
  }

  /** Milliseconds since 1970 by the server's clock, for countdowns. */
  serverNow(): number {
    return this.#serverClock.now();
  }

  /** Tells `listener` of every change from now on. Returns what removes it. */
  onState(listener: StateListener): () => void {
    return this.#link.states.onChange(listener);
  }

  /** @throws {MisuseError} `malformed_id` */
  event(event: string): EventHandle {
    const id = idOf<EventId>(event);
    const submit: Submit = (wish, command) => this.#submit(wish, command);
    return {
      id,
      watch: (listener) => this.#watch(id, listener),
      ...commandsOf(id, submit, () => this.serverNow()),
    };
  }

  /** Does not wait out the back-off: for a device that just came online. */
  retryNow(): void {
    this.#link.retryNow();
  }

  /** For good. What still waits for an answer rejects with {@link ConnectionEndedError}. */
  close(): void {
    this.#link.close();
  }

  #watch(event: EventId, listener: (view: ShowView) => void): () => void {
    const show = this.#shows.get(event) ?? this.#newShow(event);
    const remove = show.watch(listener);
    return () => {
      remove();
      if (show.isWatched || this.#shows.get(event) !== show) return;
      show.stop();
      this.#shows.delete(event);
      if (this.#link.isLive) this.#link.send({ type: 'unwatch', event });
    };
  }

  async #submit(wish: Wish, id: CommandId | undefined): Promise<Accepted | Refusal> {
    const { current, reason } = this.#link.states;
    if (current === 'closed' || current === 'failed') {
      throw new ConnectionEndedError(current, reason);
    }
    return await this.#commands.submit(wish, id);
  }

  #onState(now: ConnectionState): void {
    if (now !== 'closed' && now !== 'failed') return;
    const ended = new ConnectionEndedError(now, this.#link.states.reason);
    this.#commands.end(ended);
    // A socket that failed for good says nothing about requests.
    if (now === 'closed') this.#requests.close(ended);
    for (const show of this.#shows.values()) show.lost();
  }

  #onWelcome(welcome: Welcome): void {
    const isSomebodyElse = this.#welcome !== undefined && this.subject !== welcome.subject;
    this.#welcome = welcome;
    for (const { event } of this.#resumed) {
      // Nobody watches it since `hello` left.
      if (!this.#shows.has(event)) this.#link.send({ type: 'unwatch', event });
    }
    for (const [event, show] of this.#shows) {
      this.#resumeShow(event, show, welcome, isSomebodyElse);
    }
    // A command belongs to the person who gave it: it must not leave in another's name.
    if (isSomebodyElse) this.#commands.abandon();
    this.#commands.live();
    this.orders.changed();
  }

  /** A watch that began since `hello` left has no position that the server could go on from. */
  #resumeShow(event: EventId, show: Show, welcome: Welcome, isSomebodyElse: boolean): void {
    const { holds, orders, unanswered = [] } = welcome;
    const isNamed = this.#resumed.some((point) => point.event === event);
    if (!isNamed || show.resumePoint === undefined) return show.restart();
    if (!isSomebodyElse && unanswered.includes(event)) return show.resumedUnanswered();
    const mine = holds.filter((held) => held.event === event);
    const bought = orders.filter((ordered) => ordered.event === event);
    show.resumed(
      mine.map(({ hold }) => hold),
      bought.map(({ point, order }) => ({ ...point, order })),
    );
  }

  #onLost(): void {
    this.#commands.lost();
    for (const show of this.#shows.values()) show.lost();
    this.orders.changed();
  }

  #onMessage(message: LiveMessage): void {
    switch (message.type) {
      case 'state':
        return this.#shows.get(message.event)?.hearState(message);
      case 'delta':
        return this.#shows.get(message.event)?.hearDelta(message);
      case 'hold':
        return this.#shows.get(message.event)?.learnHold(message.hold);
      case 'order':
        this.#shows.get(message.event)?.learnOrder(message);
        return this.orders.changed();
      case 'accepted':
        return this.#onAccepted(message);
      case 'rejected':
        return this.#onRejected(message);
      // For scanners and producers; a buyer's connection asks for none of them.
      case 'verdict':
      case 'merged':
      case 'incident':
      case 'incident_gone':
      case 'gates':
        return;
    }
  }

  /** Holds are learnt before the caller hears, so that the view is never behind the answer. */
  #onAccepted(message: Extract<ServerMessage, { readonly type: 'accepted' }>): void {
    const wish = this.#commands.wishOf(message.re);
    if (wish !== undefined) this.#learn(wish, { ...message, accepted: true, id: message.re });
    const isAwaited = this.#commands.answer(message);
    // Too late for its caller: what it changed is asked for.
    if (!isAwaited) for (const show of this.#shows.values()) show.ask();
  }

  #onRejected(message: Extract<ServerMessage, { readonly type: 'rejected' }>): void {
    const { type, re, retryable, ...rejection } = message;
    const show = this.#shows.get(re as EventId);
    if (show !== undefined) show.hearRejected(rejection);
    else this.#commands.answer(message);
  }

  #learn(wish: Wish, answer: Accepted): void {
    const show = this.#shows.get(wish.event);
    const now = this.serverNow();
    if (wish.type === 'reserve') return show?.learnHold(holdMade(wish.items, answer, now));
    // What became of an order is told by `order`.
    if (wish.type === 'cancel' || wish.type === 'refund') return;
    const hold = show?.hold(wish.hold);
    if (hold !== undefined) show?.learnHold(holdChanged(hold, wish, answer, now));
  }

  #newShow(event: EventId): Show {
    const show = new Show({
      event,
      clock: this.#clock,
      serverClock: this.#serverClock,
      random: this.#random,
      isLive: () => this.#link.isLive,
      send: (message) => this.#link.send(message),
    });
    this.#shows.set(event, show);
    show.ask();
    return show;
  }

  #newLink(options: ConnectOptions, credentials: Credentials): Link {
    return new Link({
      url: liveUrl(options.url),
      credentials,
      webSocket: options.webSocket ?? defaultWebSocket(),
      notation: options.notation ?? 'msgpack',
      clock: this.#clock,
      serverClock: this.#serverClock,
      random: this.#random,
      staleAfterMs: options.staleAfterMs ?? 3_000,
      resume: () => this.#resume(),
      onWelcome: (welcome) => this.#onWelcome(welcome),
      onMessage: (message) => this.#onMessage(message),
      onLost: () => this.#onLost(),
    });
  }

  #newRequests(options: ConnectOptions, credentials: Credentials): Requests {
    return new Requests({
      url: httpUrl(options.url),
      // Called bare: a browser's own fetch wants no other `this` than its window.
      fetch: options.fetch ?? ((url, init) => fetch(url, init)),
      credentials,
      clock: this.#clock,
      random: this.#random,
      deadlineMs: options.commandDeadlineMs ?? 30_000,
    });
  }

  #newOrders(): Orders {
    return new Orders({
      requests: this.#requests,
      clock: this.#clock,
      random: this.#random,
      now: () => this.serverNow(),
      known: (order) => (this.#link.isLive ? this.#orderNamed(order) : undefined),
    });
  }

  #orderNamed(id: OrderId): OrderView | undefined {
    for (const show of this.#shows.values()) {
      const order = show.order(id);
      if (order !== undefined) return order;
    }
    return undefined;
  }

  #newCommands(options: ConnectOptions): CommandsInFlight {
    return new CommandsInFlight({
      clock: this.#clock,
      random: this.#random,
      deadlineMs: options.commandDeadlineMs ?? 30_000,
      newId: () => uuid7(this.serverNow(), this.#random(10)),
      isLive: () => this.#link.isLive,
      send: (command) => this.#link.send(command),
    });
  }

  #resume(): readonly ResumePoint[] {
    const points = [...this.#shows.values()].map((show) => show.resumePoint);
    this.#resumed = points.filter((point) => point !== undefined).slice(0, limits.watchesMax);
    return this.#resumed;
  }
}
