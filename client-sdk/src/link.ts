import {
  type ClientMessage,
  PROTOCOL_VERSION,
  type ResumePoint,
  reconnectAfter,
  type ServerMessage,
} from '@ingressou/protocol';
import { backoffMs, type Random } from './backoff.ts';
import type { Clock, Timer } from './clock.ts';
import type { Credentials } from './credentials.ts';
import { Heartbeat } from './heartbeat.ts';
import type { ServerClock } from './server-clock.ts';
import { Socket, type SocketOptions } from './socket.ts';
import { reasonOf, type StateReason, States } from './states.ts';

/**
 * Keeps one socket alive by replacing it when it is lost.
 *
 * An attempt asks for the token, opens a socket, says `hello` with the positions of what is
 * watched, and succeeds with `welcome`: the state is `live`. Whatever ends an attempt or a live
 * socket leads to the next attempt after a back-off, unless the server said `never` or tokens keep
 * being refused: then the state is `failed`. A lost `live` is `resuming` until `staleAfterMs` have
 * passed, then `stale`; the attempts go on the same in both. A link that was never live stays
 * `connecting`. `closed` and `failed` are for good.
 */

/** From the start of an attempt to `welcome`: the server waits 5 s for `hello` alone. */
const attemptMs = 10_000;
/** A shorter life does not count as a success: a socket that always dies young must slow down. */
const settledMs = 3_000;
/** The least delay after `overload` and `too_fast` when no `bye` named one. */
const laterMs = 5_000;

type Welcome = Extract<ServerMessage, { readonly type: 'welcome' }>;
export type LiveMessage = Exclude<ServerMessage, { readonly type: 'welcome' | 'bye' | 'pong' }>;

export interface LinkOptions extends Pick<SocketOptions, 'webSocket' | 'url' | 'notation'> {
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly serverClock: ServerClock;
  readonly random: Random;
  readonly staleAfterMs: number;
  readonly resume: () => readonly ResumePoint[];
  /** The link is live; told before the listeners of the state. */
  readonly onWelcome: (welcome: Welcome) => void;
  readonly onMessage: (message: LiveMessage) => void;
  /** The link is no longer live. */
  readonly onLost: () => void;
}

export class Link {
  readonly states = new States();
  readonly #options: LinkOptions;
  #socket: Socket | undefined;
  #heartbeat: Heartbeat | undefined;
  /** Ends the attempt, or starts the next one. */
  #timer: Timer | undefined;
  #staleTimer: Timer | undefined;
  /** Tells a token that comes for an attempt long given up from one that is awaited. */
  #attempt = 0;
  #failures = 0;
  #liveSince: number | undefined;
  /** While waiting for the next attempt: the server does not want to see us earlier. */
  #notBefore: number | undefined;
  #byeRetryAfterMs: number | undefined;
  #askedAt = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get isLive(): boolean {
    return this.#liveSince !== undefined;
  }

  start(): void {
    if (this.states.isOver) return;
    this.states.move('connecting', 'started');
    this.#try();
  }

  /** Only while live. */
  send(message: ClientMessage): void {
    this.#socket?.send(message);
  }

  /** Ends the wait for the next attempt, but not the one the server asked for. */
  retryNow(): void {
    if (this.#notBefore === undefined) return;
    const delayMs = Math.max(0, this.#notBefore - this.#options.clock.monotonic());
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(delayMs, () => this.#try());
  }

  close(): void {
    this.#end('closed', 'closed_by_caller');
  }

  #try(): void {
    this.#attempt += 1;
    this.#notBefore = undefined;
    this.#byeRetryAfterMs = undefined;
    this.#timer = this.#options.clock.after(attemptMs, () => this.#lose('no_answer'));
    const attempt = this.#attempt;
    const ifAwaited = (task: () => void) => () => {
      if (attempt === this.#attempt && !this.states.isOver) task();
    };
    this.#options.credentials.current().then(
      (token) => ifAwaited(() => this.#open(token))(),
      // Whoever wrote the function knows why it threw; for the link it is one more failed attempt.
      ifAwaited(() => this.#lose('token_unavailable')),
    );
  }

  #open(token: string | undefined): void {
    const { webSocket, url, notation } = this.#options;
    const handlers = {
      onOpen: () => this.#hello(token),
      onMessage: (message: ServerMessage) => this.#hear(message),
      onMalformed: () => this.#lose('malformed_frame'),
      onClose: (code: number) => this.#closed(code),
    };
    try {
      this.#socket = new Socket({ webSocket, url, notation, ...handlers });
    } catch {
      // A browser may forbid the address (mixed content, policy) and says so on its console.
      this.#lose('socket_lost');
    }
  }

  #hello(token: string | undefined): void {
    const resume = this.#options.resume();
    this.#askedAt = this.#options.clock.monotonic();
    this.send({
      type: 'hello',
      ...(token !== undefined && { token }),
      ...(resume.length > 0 && { resume }),
    });
  }

  #hear(message: ServerMessage): void {
    this.#heartbeat?.heard();
    switch (message.type) {
      case 'welcome':
        return this.#welcome(message);
      case 'bye':
        this.#byeRetryAfterMs = message.retryAfterMs;
        return;
      case 'pong':
        return this.#options.serverClock.learn(message.at, this.#askedAt);
      case 'state':
      case 'delta':
      case 'accepted':
      case 'rejected':
      case 'hold':
      case 'order':
      case 'verdict':
      case 'merged':
      case 'incident':
      case 'gates':
        return this.#options.onMessage(message);
    }
  }

  #welcome(welcome: Welcome): void {
    if (welcome.version !== PROTOCOL_VERSION) return this.#end('failed', 'newer_server');
    const { clock, credentials, serverClock, onWelcome } = this.#options;
    this.#timer?.cancel();
    this.#staleTimer?.cancel();
    credentials.welcomed();
    serverClock.learn(welcome.at, this.#askedAt);
    this.#liveSince = clock.monotonic();
    this.#heartbeat = this.#watchOver(welcome.heartbeatMs);
    onWelcome(welcome);
    this.states.move('live', 'welcomed');
  }

  #watchOver(heartbeatMs: number): Heartbeat {
    const { clock } = this.#options;
    const onQuiet = () => {
      this.#askedAt = clock.monotonic();
      this.send({ type: 'ping' });
    };
    return new Heartbeat({ clock, heartbeatMs, onQuiet, onDead: () => this.#lose('silence') });
  }

  /** The server closed, or the network did. */
  #closed(code: number): void {
    const reason = reasonOf(code);
    switch (reconnectAfter(code)) {
      case 'soon':
        return this.#lose(reason);
      case 'later':
        return this.#lose(reason, laterMs);
      case 'with_new_token':
        return this.#options.credentials.refused()
          ? this.#lose(reason)
          : this.#end('failed', reason);
      case 'never':
        return this.#end('failed', reason);
    }
  }

  #lose(reason: StateReason, floorMs = 0): void {
    const { clock, random } = this.#options;
    const wasLive = this.isLive;
    if (clock.monotonic() - (this.#liveSince ?? clock.monotonic()) >= settledMs) this.#failures = 0;
    this.#drop();
    const delayMs = backoffMs(this.#failures, random, this.#byeRetryAfterMs ?? floorMs);
    this.#failures += 1;
    this.#notBefore = clock.monotonic() + (this.#byeRetryAfterMs ?? floorMs);
    this.#timer = clock.after(delayMs, () => this.#try());
    if (wasLive) this.#tellLost(reason);
  }

  #tellLost(reason: StateReason): void {
    const { clock, staleAfterMs, onLost } = this.#options;
    this.#staleTimer = clock.after(staleAfterMs, () => this.states.move('stale', 'still_offline'));
    onLost();
    this.states.move('resuming', reason);
  }

  #end(state: 'closed' | 'failed', reason: StateReason): void {
    this.#drop();
    this.#staleTimer?.cancel();
    this.#notBefore = undefined;
    this.states.move(state, reason);
  }

  #drop(): void {
    this.#attempt += 1;
    this.#liveSince = undefined;
    this.#timer?.cancel();
    this.#heartbeat?.stop();
    this.#heartbeat = undefined;
    this.#socket?.cut();
    this.#socket = undefined;
  }
}
