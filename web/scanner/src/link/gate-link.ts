import { backoffMs, type Random } from '@ingressou/client-sdk/backoff';
import type { Clock, Timer } from '@ingressou/client-sdk/clock';
import { parseServerMessage } from '@ingressou/client-sdk/messages';
import {
  type ClientMessage,
  type CommandId,
  closeCodes,
  decode,
  encode,
  PROTOCOL_VERSION,
  ProtocolError,
  reconnectAfter,
  type ServerMessage,
  SUBPROTOCOLS,
  serverFrameBounds,
} from '@ingressou/protocol';
import { signal } from '@preact/signals';
import { beat, beatMs, freshPulse, heard, type Pulse } from './pulse.ts';

/**
 * One socket to the show, replaced whenever it is lost. It is asked every second whether it is there
 * and given up after two seconds of silence: people wait in front of it.
 *
 * `away`: judge alone. `live`: the server is there. `refused`: it does not want this device;
 * `expired`: nor its token. Both are asked about again now and then, because people change them.
 */
export type LinkState = 'away' | 'live' | 'refused' | 'expired';

/** From the start of an attempt to `welcome`. */
const attemptMs = 5_000;
/** The least wait when the server is full or was asked too fast. */
const laterMs = 3_000;
/** Between two attempts of a device that is not wanted. */
const unwantedMs = 10_000;
/** Tokens refused in a row before it is believed. */
const refusalsMax = 3;

export interface GateLinkOptions {
  readonly url: string;
  readonly webSocket: new (url: string, protocols: string[]) => WebSocket;
  readonly clock: Clock;
  readonly random: Random;
  readonly token: () => Promise<string>;
  /** What is said every second; its answer is the sign of life. */
  readonly greeting: () => ClientMessage;
  readonly onWelcome: () => void;
  readonly onMessage: (message: ServerMessage) => void;
}

type Answer = Extract<ServerMessage, { readonly re: unknown }>;

export class GateLink {
  readonly state = signal<LinkState>('away');
  /** What must be added to this phone's clock to make it the server's. */
  readonly offsetMs = signal<number | undefined>(undefined);
  readonly #options: GateLinkOptions;
  readonly #waiting = new Map<CommandId, (answer: Answer | undefined) => void>();
  #socket: WebSocket | undefined;
  #pulse: Pulse = freshPulse;
  #timer: Timer | undefined;
  #beat: Timer | undefined;
  #attempt = 0;
  #failures = 0;
  #refusals = 0;
  #askedAt = 0;
  #isOver = false;

  constructor(options: GateLinkOptions) {
    this.#options = options;
  }

  start(): void {
    this.#try();
  }

  close(): void {
    this.#isOver = true;
    this.#drop('away');
  }

  /**
   * Undefined when the link was lost before the answer, or it did not come in time though the link
   * lives: it may have happened or not.
   */
  ask(
    command: ClientMessage & { readonly id: CommandId },
    withinMs: number,
  ): Promise<Answer | undefined> {
    if (this.state.value !== 'live') return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const late = this.#options.clock.after(withinMs, () => this.#answer(command.id, undefined));
      this.#waiting.set(command.id, (answer) => {
        late.cancel();
        resolve(answer);
      });
      this.send(command);
    });
  }

  send(message: ClientMessage): void {
    const frame = encode(message, 'msgpack');
    // A copy: the encoder's buffer is shared, and a WebSocket may send it later.
    this.#socket?.send(typeof frame === 'string' ? frame : new Uint8Array(frame));
  }

  #try(): void {
    this.#drop(this.state.value === 'live' ? 'away' : this.state.value);
    const attempt = this.#attempt;
    const { clock, token } = this.#options;
    this.#timer = clock.after(attemptMs, () => this.#lose());
    token().then(
      (fresh) => {
        if (attempt === this.#attempt && !this.#isOver) this.#open(fresh);
      },
      // No network, or a server that has no time: whoever gives tokens says so itself.
      () => {
        if (attempt === this.#attempt && !this.#isOver) this.#lose();
      },
    );
  }

  #open(token: string): void {
    const { url, webSocket, clock } = this.#options;
    const socket = new webSocket(url, [SUBPROTOCOLS.msgpack]);
    const ifCurrent = (task: () => void) => {
      if (socket === this.#socket) task();
    };
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () =>
      ifCurrent(() => {
        this.#askedAt = clock.now();
        this.send({ type: 'hello', token });
      }),
    );
    socket.addEventListener('message', ({ data }) => ifCurrent(() => this.#hear(data)));
    socket.addEventListener('close', ({ code }) => ifCurrent(() => this.#closed(code)));
    this.#socket = socket;
  }

  #hear(data: unknown): void {
    const message = this.#parse(data);
    if (message === undefined) return;
    this.#pulse = heard();
    if (message.type === 'welcome') return this.#welcome(message);
    if (message.type === 'pong') return this.#learn(message.at);
    if ('re' in message && this.#waiting.has(message.re as CommandId)) {
      return this.#answer(message.re as CommandId, message);
    }
    this.#options.onMessage(message);
  }

  #answer(re: CommandId, answer: Answer | undefined): void {
    const resolve = this.#waiting.get(re);
    this.#waiting.delete(re);
    resolve?.(answer);
  }

  #parse(data: unknown): ServerMessage | undefined {
    if (!(data instanceof ArrayBuffer)) return undefined;
    try {
      return parseServerMessage(decode(new Uint8Array(data), 'msgpack', serverFrameBounds));
    } catch (error) {
      // What is not our protocol is no sign of life either: the pulse ends it.
      if (error instanceof ProtocolError) return undefined;
      throw error;
    }
  }

  #welcome(welcome: Extract<ServerMessage, { readonly type: 'welcome' }>): void {
    // A newer server talks to newer pages: this one goes on alone until it is updated.
    if (welcome.version !== PROTOCOL_VERSION) return this.#lose(laterMs);
    this.#timer?.cancel();
    this.#failures = 0;
    this.#refusals = 0;
    this.#learn(welcome.at);
    this.#wait();
    this.state.value = 'live';
    this.#options.onWelcome();
  }

  /** The middle of the round trip is off by half of it at most. */
  #learn(at: number): void {
    const now = this.#options.clock.now();
    this.offsetMs.value = Math.round(at - (this.#askedAt + now) / 2);
  }

  #wait(): void {
    this.#beat = this.#options.clock.after(beatMs, () => {
      const { pulse, isDead } = beat(this.#pulse);
      this.#pulse = pulse;
      if (isDead) return this.#lose();
      this.#askedAt = this.#options.clock.now();
      this.send(this.#options.greeting());
      this.#wait();
    });
  }

  #closed(code: number): void {
    switch (reconnectAfter(code)) {
      case 'soon':
        return this.#lose();
      case 'later':
        return this.#lose(laterMs);
      case 'with_new_token':
        this.#refusals += 1;
        return this.#refusals < refusalsMax ? this.#lose() : this.#lose(unwantedMs, 'expired');
      case 'never':
        return this.#lose(unwantedMs, code === closeCodes.forbidden.code ? 'refused' : 'away');
    }
  }

  #lose(floorMs = 0, state: LinkState = 'away'): void {
    const { clock, random } = this.#options;
    this.#drop(state);
    const delayMs = backoffMs(this.#failures, random, floorMs);
    this.#failures += 1;
    this.#timer = clock.after(delayMs, () => this.#try());
  }

  #drop(state: LinkState): void {
    this.#attempt += 1;
    this.#timer?.cancel();
    this.#beat?.cancel();
    this.#pulse = freshPulse;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    this.state.value = state;
    for (const resolve of this.#waiting.values()) resolve(undefined);
    this.#waiting.clear();
  }
}
