import {
  type ClientCommand,
  type ClientMessage,
  type CloseName,
  type CommandId,
  clientFrameBounds,
  closeCodes,
  decode,
  type EventId,
  encode,
  type GateCommand,
  limits,
  type Notation,
  PROTOCOL_VERSION,
  ProtocolError,
  type Rejection,
  rejections,
  type SeeIncidents,
  type ServerMessage,
} from '@ingressou/protocol';
import { parseClientMessage } from '@ingressou/protocol/schema';
import type { Answer } from '../ports/commands.ts';
import { type GateIdentity, type Identity, TokenError } from './access-tokens.ts';
import { toCommand } from './buyer-command.ts';
import { gateAnswer } from './gate-answers.ts';
import { type Rate, takeOne, waitMs } from './rate.ts';
import type { SessionOptions, Socket } from './session-options.ts';
import type { Watcher } from './watcher.ts';

/** Frames kept while a token is verified; verifying takes a tenth of a millisecond. */
const earlyFramesMax = 16;
/** Messages kept until the client was welcomed; more happens to nobody in so short a time. */
const earlyNewsMax = 64;
/** Commands of one socket without an answer; more are `busy`. */
const commandsInFlightMax = 64;
/** Unread bytes beyond which a socket gets no deltas, until it has read everything. */
const lagBytesMax = 64 * 1024;
/** Unread bytes beyond which a socket is closed. */
export const unreadBytesMax = 1024 * 1024;
/** How long a socket may lag. */
const lagMs = 10_000;
/** What a closed-for-flooding client should wait. */
const floodPauseMs = 5_000;

/**
 * One socket, from its opening to its close:
 *
 *     new ──hello──▶ verifying ──token good──▶ live ──▶ closed
 *
 * Everything but `hello` waits or is refused before `live`. Bytes become messages here or the
 * socket closes; who asks is added here; answers leave here.
 */
export class Session implements Watcher {
  readonly notation: Notation;
  readonly watched = new Set<EventId>();
  readonly #options: SessionOptions;
  readonly #socket: Socket;
  readonly #openedAt: number;
  /** Few, so an array: a set makes a new table every few commands. */
  readonly #pending: CommandId[] = [];
  #status: 'new' | 'verifying' | 'live' | 'closed' = 'new';
  #identity: Identity | undefined;
  #early: LaterMessage[] = [];
  /** What happened to the subject since it was asked what `welcome` tells. */
  #news: ServerMessage[] = [];
  #frameRhythm = 0;
  #laggingSince: number | undefined;

  constructor(socket: Socket, notation: Notation, options: SessionOptions) {
    this.#socket = socket;
    this.notation = notation;
    this.#options = options;
    this.#openedAt = options.clock.monotonic();
    options.registry.add(this);
    options.telemetry.socketOpened();
  }

  get identity(): Identity | undefined {
    return this.#identity;
  }

  get isOpen(): boolean {
    return this.#status !== 'closed';
  }

  isAwaiting(id: string): boolean {
    return this.#pending.includes(id as CommandId);
  }

  /** A frame. Its bytes are read before this returns and never again. */
  receive(bytes: Uint8Array, isBinary: boolean): void {
    if (this.#status === 'closed' || !this.#isFrameInRate()) return;
    try {
      if (isBinary !== (this.notation === 'msgpack')) throw new ProtocolError('wrong_frame_kind');
      this.#handle(parseClientMessage(decode(bytes, this.notation, clientFrameBounds)));
    } catch (error) {
      if (error instanceof ProtocolError) {
        this.#options.telemetry.frameRefused(error.code);
        return this.end('protocol', error.code);
      }
      // We broke: this session is thrown away, so that nobody else's is.
      this.#options.telemetry.failed('serve a frame', error);
      this.end('going_away', 'internal_error');
    }
  }

  /** What is told before the client was welcomed comes behind that: it is newer. */
  send(message: ServerMessage): void {
    if (this.#status !== 'verifying') return this.sendFrame(encode(message, this.notation));
    this.#news.push(message);
    if (this.#news.length > earlyNewsMax) this.end('too_slow', 'too_slow');
  }

  /** Sends what this client asked for. A client that does not even read its answers is closed. */
  sendFrame(frame: Uint8Array | string): void {
    if (this.#status === 'closed' || this.#socket.send(frame) === 'sent') return;
    if (this.#socket.bufferedBytes() > unreadBytesMax) this.end('too_slow', 'too_slow');
  }

  offer(frame: Uint8Array | string): void {
    if (this.#status !== 'live' || this.#laggingSince !== undefined) return;
    if (this.#socket.bufferedBytes() <= lagBytesMax && this.#socket.send(frame) !== 'dropped')
      return;
    this.#laggingSince = this.#options.clock.monotonic();
    this.#options.telemetry.socketLagged();
  }

  /** The client has read everything that was waiting for it. */
  onDrain(): void {
    if (this.#laggingSince === undefined || this.#socket.bufferedBytes() > 0) return;
    this.#laggingSince = undefined;
    this.#options.fanout.resync(this);
  }

  end(name: CloseName, reason: string, retryAfterMs?: number): void {
    if (this.#status === 'closed') return;
    const bye: ServerMessage = {
      type: 'bye',
      reason,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
    this.#socket.send(encode(bye, this.notation));
    this.#leave(name);
    this.#socket.end(closeCodes[name].code, reason);
  }

  /** The socket is gone, whoever closed it. */
  onClosed(): void {
    if (this.#status !== 'closed') this.#leave('closed_by_client');
  }

  /** Called about once a second: closes the session whose time for something is over. */
  sweep(): void {
    const { clock, wallClock } = this.#options;
    const isLate = this.#status === 'new' && clock.monotonic() - this.#openedAt > limits.helloMs;
    if (isLate) return this.end('not_authenticated', 'no_hello');
    const { expiresAt = Number.POSITIVE_INFINITY } = this.#identity ?? {};
    if (wallClock.now() >= expiresAt) return this.end('not_authenticated', 'token_expired');
    const lag = clock.monotonic() - (this.#laggingSince ?? Number.POSITIVE_INFINITY);
    if (lag > lagMs) this.end('too_slow', 'too_slow');
  }

  #leave(why: string): void {
    const { fanout, registry, telemetry } = this.#options;
    this.#status = 'closed';
    this.#early = [];
    this.#news = [];
    fanout.leave(this);
    this.#options.gates.leave(this);
    registry.delete(this);
    telemetry.socketClosed(why);
  }

  #handle(message: ClientMessage): void {
    if (message.type === 'hello') return this.#hello(message);
    if (this.#status === 'live') return this.#serve(message);
    if (this.#status === 'new' || this.#early.length >= earlyFramesMax) {
      throw new ProtocolError('unexpected_message');
    }
    this.#early.push(message);
  }

  #hello(hello: Hello): void {
    if (this.#status !== 'new') throw new ProtocolError('unexpected_message');
    this.#status = 'verifying';
    void this.#verify(hello).then(
      () => this.#welcome(hello),
      (error: unknown) => this.#onHelloFailed(error),
    );
  }

  async #verify({ token }: Hello): Promise<void> {
    const { tokens, wallClock } = this.#options;
    if (token !== undefined) this.#identity = await tokens.verify(token, wallClock.now());
  }

  async #welcome({ resume = [] }: Hello): Promise<void> {
    if (this.#status !== 'verifying') return;
    const { clock, fanout, registry } = this.#options;
    registry.identify(this);
    const events = resume.map(({ event }) => event);
    const { holds, orders, unanswered } = await fanout.belongingsOf(this, events);
    if (this.#status !== 'verifying') return;
    this.#status = 'live';
    const { subject, role } = this.#identity ?? {};
    this.send({
      type: 'welcome',
      version: PROTOCOL_VERSION,
      at: clock.now(),
      heartbeatMs: limits.heartbeatMs,
      holds,
      orders,
      ...(unanswered.length === 0 ? {} : { unanswered }),
      ...(subject === undefined || role === undefined ? {} : { subject, role }),
    });
    for (const message of this.#news.splice(0)) this.send(message);
    for (const point of resume) {
      // Who could not be told what is theirs begins to watch anew.
      fanout.watch(this, point.event, unanswered.includes(point.event) ? undefined : point);
    }
    this.#options.gates.join(this);
    for (const message of this.#early.splice(0)) this.#serve(message);
  }

  #onHelloFailed(error: unknown): void {
    if (!(error instanceof TokenError)) this.#options.telemetry.failed('answer a hello', error);
    this.end('not_authenticated', 'token_refused');
  }

  #serve(message: LaterMessage): void {
    const { clock, fanout } = this.#options;
    switch (message.type) {
      case 'watch':
        if (!this.watched.has(message.event) && this.watched.size >= limits.watchesMax) {
          return this.refuse(message.event, { reason: 'too_many_watches', max: limits.watchesMax });
        }
        return fanout.watch(this, message.event);
      case 'unwatch':
        return fanout.unwatch(this, message.event);
      case 'ping':
        return this.send({ type: 'pong', at: clock.now() });
      case 'reserve':
      case 'extend':
      case 'release':
      case 'cancel':
      case 'refund':
      case 'checkout':
        return this.#command(message);
      case 'scan':
      case 'scan_batch':
      case 'top_up':
        return this.#gateCommand(message);
      case 'see_incidents':
        return this.#seeIncidents(message);
      case 'watch_gates':
        return this.#options.gates.watch(this, message.event);
      case 'unwatch_gates':
        return this.#options.gates.unwatch(this, message.event);
      case 'gate_status': {
        const device = this.#deviceAt(message.event);
        if (device !== undefined) this.#options.gates.report(message, device);
        return this.send({ type: 'pong', at: clock.now() });
      }
    }
  }

  /** The scanner that this is, if it is one of that show. */
  #deviceAt(event: EventId): GateIdentity | undefined {
    return this.#identity?.shows.includes(event) === true ? this.#identity.gate : undefined;
  }

  #gateCommand(message: GateCommand): void {
    const { gates, scanRate } = this.#options;
    const device = this.#deviceAt(message.event);
    if (this.#identity === undefined) {
      return this.refuse(message.id, { reason: 'sign_in_required' });
    }
    if (device === undefined) return this.refuse(message.id, { reason: 'forbidden' });
    if (!this.#mayAsk(message.id, this.#identity, scanRate)) return;
    this.#pending.push(message.id);
    void gates.submit(message, device).then((answer) => this.#answer(message.id, answer, message));
  }

  #seeIncidents(message: SeeIncidents): void {
    const { gates, commandRate } = this.#options;
    const identity = this.#identity;
    if (identity === undefined) return this.refuse(message.id, { reason: 'sign_in_required' });
    if (!this.#mayAsk(message.id, identity, commandRate)) return;
    this.#pending.push(message.id);
    void gates.see(message, identity).then((answer) => this.#answer(message.id, answer));
  }

  /** Whether there is room and time for another command; says no itself. */
  #mayAsk(id: CommandId, { subject }: Identity, rate: Rate): boolean {
    const { registry, clock } = this.#options;
    if (this.#pending.length >= commandsInFlightMax) {
      this.refuse(id, { reason: 'busy', retryAfterMs: 1000 });
      return false;
    }
    const retryAfterMs = registry.takeCommand(subject, rate, clock.monotonic());
    if (retryAfterMs > 0) this.refuse(id, { reason: 'too_fast', retryAfterMs });
    return retryAfterMs === 0;
  }

  #command(message: ClientCommand): void {
    const { commands, commandRate } = this.#options;
    const identity = this.#identity;
    if (identity === undefined) return this.refuse(message.id, { reason: 'sign_in_required' });
    if (identity.role !== 'CLIENTE') return this.refuse(message.id, { reason: 'forbidden' });
    if (!this.#mayAsk(message.id, identity, commandRate)) return;
    this.#pending.push(message.id);
    const answered =
      message.type === 'checkout'
        ? this.#checkout(message, identity)
        : commands.submit(message.event, toCommand(message, identity.subject));
    void answered.then((answer) => this.#answer(message.id, answer));
  }

  /** Nobody can pay who has not said who they are. */
  async #checkout(message: CheckoutMessage, identity: Identity): Promise<Answer> {
    const { commands, hasDetails, telemetry } = this.#options;
    try {
      if (!(await hasDetails(message.id, identity.subject))) {
        return { accepted: false, rejection: { reason: 'details_missing' } };
      }
    } catch (cause) {
      telemetry.failed('look for the details of an order', cause);
      return { accepted: false, rejection: { reason: 'busy', retryAfterMs: 1000 } };
    }
    return await commands.submit(message.event, toCommand(message, identity.subject));
  }

  #answer(re: CommandId, answer: Answer, asked?: GateCommand): void {
    const index = this.#pending.indexOf(re);
    const last = this.#pending.pop();
    if (last !== undefined && index < this.#pending.length) this.#pending[index] = last;
    if (!answer.accepted) return this.refuse(re, answer.rejection);
    const told = asked && gateAnswer(asked, answer);
    if (told !== undefined) return this.send(told);
    const { expiresAt } = answer;
    this.send(
      expiresAt === undefined ? { type: 'accepted', re } : { type: 'accepted', re, expiresAt },
    );
  }

  refuse(re: CommandId | EventId, rejection: Rejection): void {
    const { retryable } = rejections[rejection.reason];
    this.send({ type: 'rejected', re, retryable, ...rejection });
  }

  /** A scanner sends its scans and says how it is, each in its own rhythm. */
  #frameRate(): Rate {
    const { frameRate, scanRate } = this.#options;
    if (this.#identity?.gate === undefined) return frameRate;
    const { perSecond, burst } = scanRate;
    return { perSecond: perSecond + frameRate.perSecond, burst: burst + frameRate.burst };
  }

  /** A socket that sends faster than any client of ours would is closed: nothing is lost unsaid. */
  #isFrameInRate(): boolean {
    const { clock } = this.#options;
    const frameRate = this.#frameRate();
    const now = clock.monotonic();
    if (waitMs(frameRate, this.#frameRhythm, now) > 0) {
      this.end('too_fast', 'too_fast', floodPauseMs);
      return false;
    }
    this.#frameRhythm = takeOne(frameRate, this.#frameRhythm, now);
    return true;
  }
}

type Hello = Extract<ClientMessage, { readonly type: 'hello' }>;
type CheckoutMessage = Extract<ClientMessage, { readonly type: 'checkout' }>;
type LaterMessage = Exclude<ClientMessage, { readonly type: 'hello' }>;
