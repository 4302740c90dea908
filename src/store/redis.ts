import { Redis, ReplyError } from 'ioredis';

mendTexts();

/** Redis is not there, or not in time. Whatever was asked may have happened. */
export class RedisUnavailableError extends Error {
  override readonly name = 'RedisUnavailableError';
}

export interface RedisOptions {
  /** Redis is away, or not what it should be; told once until it is back or the reason changes. */
  readonly onFailure?: (cause: unknown) => void;
  /** Whether both lines are there, told when it changes, and first when it is known. */
  readonly onChange?: (isUp: boolean) => void;
}

/** Redis over two lines, so that a large value on its way there delays none on its way here. */
export interface OpenRedis {
  readonly reads: RedisLine;
  readonly writes: RedisLine;
  /** @throws {RedisUnavailableError} */
  ping(): Promise<void>;
  close(): void;
}

/** How long a small answer may take. */
const ANSWER_MS = 300;
/** What a slow network still carries, so that a large value gets the time that it needs. */
const BYTES_PER_MS = 25_000;
/** How long the start of a node waits for Redis. */
const CONNECT_MS = 1_000;
/** A connection that says nothing for so long is made again. */
const SILENT_MS = 5_000;
const RETRY_MS_MAX = 2_000;
const WAITING_MAX = 10_000;
/** One for each way. */
const LINES = 2;

/** Connects, and goes on trying where it cannot: a node starts with Redis away. */
export async function openRedis(url: string, options: RedisOptions = {}): Promise<OpenRedis> {
  const failures = new Failures(options.onFailure);
  const presence = new Presence(options.onChange);
  const [reads, writes] = [
    new RedisLine(url, failures, presence),
    new RedisLine(url, failures, presence),
  ];
  await Promise.all([reads.open(), writes.open()]);
  return {
    reads,
    writes,
    ping: async () => {
      await reads.ask(0, (redis) => redis.ping());
    },
    close() {
      presence.end();
      reads.close();
      writes.close();
    },
  };
}

/**
 * One connection, and one question on it at a time, so that each has its time for itself. After an
 * answer that does not come in time the connection is made again, and until it answers everybody is
 * refused at once: a Redis that hangs costs one wait, not one for every show.
 */
export class RedisLine {
  readonly #redis: Redis;
  readonly #failures: Failures;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(url: string, failures: Failures, presence: Presence) {
    this.#failures = failures;
    this.#redis = new Redis(url, {
      lazyConnect: true,
      // What cannot be sent now is not wanted later.
      enableOfflineQueue: false,
      // Refuses what was sent when its connection is lost.
      maxRetriesPerRequest: 0,
      connectTimeout: CONNECT_MS,
      disconnectTimeout: ANSWER_MS,
      socketTimeout: SILENT_MS,
      disableClientInfo: true,
      connectionName: 'ingressou',
      retryStrategy: (times) => Math.min(times * 100, RETRY_MS_MAX),
    });
    this.#redis.on('error', (cause) => failures.tell(cause));
    this.#redis.on('ready', () => {
      failures.forget();
      presence.note(this, true);
    });
    // Also after each attempt to connect that has failed.
    this.#redis.on('close', () => presence.note(this, false));
  }

  /** Resolves when it is connected, or when that has failed once. */
  async open(): Promise<void> {
    // The reason has gone to `onFailure`.
    const connected = this.#redis.connect().catch(() => {});
    await within(CONNECT_MS, connected);
  }

  /**
   * The answer to a question that carries about so many bytes, one way or the other.
   *
   * @throws {RedisUnavailableError} there is none in time
   * @throws {Error} what Redis says against it
   */
  async ask<T>(bytes: number, question: (redis: Redis) => Promise<T>): Promise<T> {
    if (this.#waiting >= WAITING_MAX) throw new RedisUnavailableError('too many wait for Redis');
    this.#waiting += 1;
    const answer = this.#last.then(() => this.#ask(ANSWER_MS + bytes / BYTES_PER_MS, question));
    // Nothing of it is kept: it may be large.
    this.#last = answer.then(noop, noop);
    try {
      return await answer;
    } finally {
      this.#waiting -= 1;
    }
  }

  close(): void {
    this.#redis.disconnect();
  }

  async #ask<T>(ms: number, question: (redis: Redis) => Promise<T>): Promise<T> {
    if (this.#redis.status !== 'ready') throw notConnected();
    const answer = await within(ms, question(this.#redis).catch(refusal));
    if (answer !== late) return answer;
    this.#redis.disconnect(true);
    const failure = new RedisUnavailableError(`Redis did not answer in ${Math.round(ms)} ms`);
    this.#failures.tell(failure);
    throw failure;
  }
}

/** An outage is told once, not at every attempt to connect. */
class Failures {
  readonly #onFailure: (cause: unknown) => void;
  #last = '';

  constructor(onFailure: (cause: unknown) => void = () => {}) {
    this.#onFailure = onFailure;
  }

  tell(cause: unknown): void {
    const reason = String(cause);
    if (reason === this.#last) return;
    this.#last = reason;
    this.#onFailure(cause);
  }

  forget(): void {
    this.#last = '';
  }
}

/** Redis is there when all lines to it are. One that we close ourselves is not missed. */
class Presence {
  readonly #onChange: (isUp: boolean) => void;
  readonly #ready = new Set<RedisLine>();
  #isUp: boolean | undefined;
  #hasEnded = false;

  constructor(onChange: (isUp: boolean) => void = () => {}) {
    this.#onChange = onChange;
  }

  note(line: RedisLine, isReady: boolean): void {
    if (isReady) this.#ready.add(line);
    else this.#ready.delete(line);
    const isUp = this.#ready.size === LINES;
    // One line alone is no change: it waits for the other.
    const isHalf = isReady && !isUp;
    if (isHalf || isUp === this.#isUp || this.#hasEnded) return;
    this.#isUp = isUp;
    this.#onChange(isUp);
  }

  end(): void {
    this.#hasEnded = true;
  }
}

/** What Redis itself says against a question is told as it is: full, read only, not allowed. */
function refusal(cause: unknown): never {
  if (cause instanceof ReplyError) throw cause;
  throw notConnected({ cause });
}

function notConnected(options?: ErrorOptions): RedisUnavailableError {
  return new RedisUnavailableError('Redis is not connected', options);
}

const noop = () => {};

const late = Symbol('late');

/** `late` instead of an answer that takes longer. */
async function within<T>(ms: number, answer: Promise<T>): Promise<T | typeof late> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<typeof late>((resolve) => {
    // After a pause of our own the timer comes before the answers that arrived meanwhile: they
    // get one pass of the event loop.
    timer = setTimeout(() => setImmediate(resolve, late), ms);
  });
  // Refused when its connection goes, and then nobody waits for it any more.
  answer.catch(() => {});
  try {
    return await Promise.race([answer, expiry]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The client derives a class from `String`. For the engine (V8 11.3 in Node 20) the methods of all
 * texts of the process are in a slow table from then on: `charCodeAt` takes five times as long, and
 * a recovery half as long again. Looking something up in text objects, as often as it takes for
 * the engine to care, makes the table fast again.
 */
function mendTexts(): void {
  for (let count = 0; count < 1_000; count += 1) {
    // biome-ignore lint/complexity/useLiteralKeys: a name that no text has
    Object(' ')['mend'];
  }
}
