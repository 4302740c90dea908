import {
  type ConnectionOptions,
  connect,
  errors,
  type Msg,
  type NatsConnection,
  type Status,
  type Subscription,
} from 'nats';
import {
  type Bus,
  BusDownError,
  type Listener,
  type Listening,
  NobodyListensError,
  SilenceError,
} from '../ports/bus.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { SendWindow } from './send-window.ts';

export interface NatsBusOptions {
  /** What the server's own tools call this connection. */
  readonly name: string;
  readonly telemetry: Telemetry;
}

/** Between two attempts to reach a server; the others' attempts are spread by the jitter. */
const reconnectMs = 200;
const reconnectJitterMs = 100;
/** A server that takes this long to greet counts as not there. */
const connectMs = 2_000;
/** A server that has not answered two pings is gone: one that is frozen is noticed in 6 s. */
const pingMs = 2_000;
const pingsUnansweredMax = 2;
/** What the last messages of a closing node may take. */
const lastWordsMs = 250;

/**
 * Joins the bus of a NATS server (core NATS, which stores nothing). Resolves after the first
 * attempt, whether the server is there or not: a node serves its own shows without it, and the
 * attempts go on for ever.
 */
export async function openNatsBus(url: string, options: NatsBusOptions): Promise<Bus> {
  const bus = new NatsBus(connectionOptions(url, options.name), options.telemetry);
  await bus.open();
  return bus;
}

function connectionOptions(url: string, name: string): ConnectionOptions {
  const { protocol, hostname, port, username, password } = new URL(url);
  return {
    servers: `${hostname}:${port || '4222'}`,
    name,
    ...accessOf(decodeURIComponent(username), decodeURIComponent(password)),
    ...(protocol === 'tls:' ? { tls: {} } : {}),
    noEcho: true,
    timeout: connectMs,
    reconnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: reconnectMs,
    reconnectJitter: reconnectJitterMs,
    pingInterval: pingMs,
    maxPingOut: pingsUnansweredMax,
    // A password may be put right while we try.
    ignoreAuthErrorAbort: true,
    // A stack trace per request would cost more than the request.
    noAsyncTraces: true,
  };
}

/** A name without a password is a token, as in all NATS clients. */
function accessOf(username: string, password: string) {
  if (username === '') return {};
  return password === '' ? { token: username } : { user: username, pass: password };
}

/**
 * The client keeps what is sent while it is away and delivers it later, when it may be wrong: so
 * nothing is given to it then. What it does when a connection ends for good, or when nobody answers on
 * one, is left to us as well: another one begins.
 */
class NatsBus implements Bus {
  readonly #options: ConnectionOptions;
  readonly #telemetry: Telemetry;
  readonly #listenings = new Set<Subscribed>();
  readonly #heard: ((isUp: boolean) => void)[] = [];
  #connection: NatsConnection | undefined;
  #window: SendWindow | undefined;
  /** Undefined before the first attempt has ended. */
  #isUp: boolean | undefined;
  #attempt: Promise<void> = Promise.resolve();
  #nextAttempt: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: ConnectionOptions, telemetry: Telemetry) {
    this.#options = options;
    this.#telemetry = telemetry;
  }

  get isUp(): boolean {
    return this.#isUp === true;
  }

  open(): Promise<void> {
    this.#attempt = this.#connect();
    return this.#attempt;
  }

  publish(subject: string, bytes: Uint8Array): void {
    const connection = this.#connectionFor(bytes);
    if (connection === undefined) return;
    try {
      connection.publish(subject, bytes);
    } catch (cause) {
      // Larger than this server allows, or closed a moment ago.
      this.#telemetry.failed('publish on the bus', cause);
    }
  }

  async request(subject: string, bytes: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    const connection = this.#connectionFor(bytes);
    if (connection === undefined) throw new BusDownError();
    try {
      const response = await connection.request(subject, bytes, { timeout: timeoutMs });
      return response.data;
    } catch (cause) {
      // The client tells by the class of an error what became of a request.
      throw failureOf(cause, subject, timeoutMs);
    }
  }

  listen(subject: string, listener: Listener): Listening {
    const listening: Subscribed = { subject, listener, subscription: undefined };
    this.#listenings.add(listening);
    this.#subscribe(listening);
    return {
      end: () => {
        this.#listenings.delete(listening);
        listening.subscription?.unsubscribe();
      },
    };
  }

  onChange(heard: (isUp: boolean) => void): void {
    this.#heard.push(heard);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#nextAttempt);
    await this.#attempt;
    const connection = this.#connection;
    if (connection === undefined) return;
    if (this.isUp) await lastWords(connection);
    this.#isUp = false;
    await connection.close();
  }

  /** Never rejects: what fails is tried again. */
  async #connect(): Promise<void> {
    try {
      this.#adopt(await connect(this.#options));
    } catch (cause) {
      if (this.#isUp === undefined) this.#telemetry.failed('reach the bus', cause);
      this.#onChanged(false);
      this.#connectLater();
    }
  }

  #connectLater(): void {
    if (this.#isClosed) return;
    this.#nextAttempt = setTimeout(() => void this.open(), reconnectMs);
  }

  #adopt(connection: NatsConnection): void {
    this.#connection = connection;
    for (const listening of this.#listenings) this.#subscribe(listening);
    void this.#watch(connection);
    void connection.closed().then(() => {
      this.#connection = undefined;
      this.#onChanged(false);
      this.#connectLater();
    });
    this.#onUp(connection);
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) this.#onStatus(connection, status);
  }

  #onStatus(connection: NatsConnection, status: Status): void {
    if (status.type === 'disconnect') this.#onChanged(false);
    if (status.type === 'reconnect') this.#onUp(connection);
    // The client would first have what it still has to write read by a server that reads nothing,
    // and asks it no more: with a full socket that never ends. To close writes nothing.
    if (status.type === 'staleConnection') void connection.close();
    if (status.type === 'error') this.#telemetry.failed('speak with the bus', status.error);
  }

  #onUp(connection: NatsConnection): void {
    this.#window = new SendWindow(() => connection.flush());
    this.#onChanged(true);
  }

  #onChanged(isUp: boolean): void {
    if (this.#isUp === isUp || this.#isClosed) return;
    this.#isUp = isUp;
    this.#telemetry.busChanged(isUp);
    for (const heard of this.#heard) heard(isUp);
  }

  #subscribe(listening: Subscribed): void {
    const callback = (error: Error | null, message: Msg) => {
      if (error === null) this.#hear(listening, message);
      else this.#telemetry.failed('listen to the bus', error);
    };
    listening.subscription = this.#connection?.subscribe(listening.subject, { callback });
  }

  /** An error that escapes here would end the client's reading, and with it every subscription. */
  #hear({ listener }: Subscribed, message: Msg): void {
    try {
      listener(message.data, (bytes) => {
        if (this.#connectionFor(bytes) !== undefined) message.respond(bytes);
      });
    } catch (cause) {
      // We broke on this message; the next one is another.
      this.#telemetry.failed('handle a message of the bus', cause);
    }
  }

  /** Undefined when nothing may leave now. */
  #connectionFor(bytes: Uint8Array): NatsConnection | undefined {
    return this.isUp && this.#window?.take(bytes.length) ? this.#connection : undefined;
  }
}

interface Subscribed {
  readonly subject: string;
  readonly listener: Listener;
  subscription: Subscription | undefined;
}

function failureOf(cause: unknown, subject: string, timeoutMs: number): Error {
  if (cause instanceof errors.RequestError && cause.isNoResponders()) {
    return new NobodyListensError(subject);
  }
  if (cause instanceof errors.TimeoutError || cause instanceof errors.RequestError) {
    return new SilenceError(subject, timeoutMs);
  }
  return new BusDownError({ cause });
}

/** Lets what was just said reach the server, unless it has stopped reading. */
async function lastWords(connection: NatsConnection): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, lastWordsMs);
  });
  try {
    await Promise.race([connection.flush(), patience]);
  } catch {
    // The connection broke meanwhile: there is nobody to tell.
  } finally {
    clearTimeout(timer);
  }
}
