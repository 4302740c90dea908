import { once } from 'node:events';
import net from 'node:net';
import { listenLow } from '../setup/listen-low.ts';
import type { Random } from '../simulation/random.ts';
import { type Direction, Flow, type Weather } from './chaos-flow.ts';

export type { Direction } from './chaos-flow.ts';

/** Where a server listens on this machine. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

export interface ChaosProxyOptions {
  /** A connection leads to the first of these that takes it. */
  readonly targets: readonly Target[];
  readonly random: Random;
}

/** What has passed and what has been done: the proof that a fault took place. */
export interface ChaosCounts {
  connections: number;
  /** Connections that no target took. */
  refused: number;
  upBytes: number;
  downBytes: number;
  /** Bytes that were taken and never arrive. */
  lostBytes: number;
  /** Connections that were broken on purpose. */
  cuts: number;
  /** Ends of one side that the other was not told of. */
  unheardEnds: number;
}

/** Breaks one connection, once. */
interface Cut {
  /** Undefined when this chunk is none of its business, else how many of its bytes still pass. */
  strikes(line: Line, direction: Direction, bytes: Buffer): number | undefined;
  /** Told before the connection breaks, when the other side has heard nothing yet. */
  readonly struck: () => void;
}

/**
 * Stands between clients and a server and does to their bytes what networks do: late, never, in
 * part, or to one side only. A fault holds for every connection, those that are open and those
 * that come, until `heal`; a cut happens once.
 */
export class ChaosProxy {
  readonly counts: ChaosCounts = {
    connections: 0,
    refused: 0,
    upBytes: 0,
    downBytes: 0,
    lostBytes: 0,
    cuts: 0,
    unheardEnds: 0,
  };
  readonly #random: Random;
  readonly #weather: Record<Direction, Weather> = { up: fair(), down: fair() };
  readonly #server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) =>
    this.#connect(client, this.#targets),
  );
  readonly #lines = new Set<Line>();
  /** Clients whose connection waits for a target. */
  readonly #waiting = new Set<net.Socket>();
  readonly #cuts = new Set<Cut>();
  #targets: readonly Target[];
  #isHalfOpen = false;
  #port = 0;

  constructor({ targets, random }: ChaosProxyOptions) {
    this.#targets = targets;
    this.#random = random;
  }

  /** Begins to listen on this port, or on a free one, and tells it. */
  async open(port?: number): Promise<number> {
    this.#port = port ?? (await listenLow(this.#server));
    if (port !== undefined) this.#server.listen(port, '127.0.0.1');
    if (!this.#server.listening) await once(this.#server, 'listening');
    return this.#port;
  }

  get port(): number {
    return this.#port;
  }

  /**
   * What comes from now on leads there: where it led until now. Connections that are open stay
   * where they are.
   */
  retarget(targets: readonly Target[]): readonly Target[] {
    const before = this.#targets;
    this.#targets = targets;
    return before;
  }

  /** Every byte is late by `delayMs` and up to `jitterMs` more; their order stays. */
  delay(direction: Direction, delayMs: number, jitterMs = 0): void {
    Object.assign(this.#weather[direction], { delayMs, jitterMs });
  }

  /** A partition: nothing arrives, nobody is told, and what was sent arrives after `heal`. */
  partition(directions: readonly Direction[] = ['up', 'down']): void {
    this.#setPassage('hold', directions);
  }

  /** Accepts and takes everything, and nothing of it ever arrives. */
  blackHole(directions: readonly Direction[] = ['up', 'down']): void {
    this.#setPassage('swallow', directions);
  }

  /** When one side goes, the other does not hear of it. */
  halfOpen(): void {
    this.#isHalfOpen = true;
  }

  /** Lets `bytes` more pass in one direction, and breaks the connection in the middle. */
  cutAfter(direction: Direction, bytes: number, struck = () => {}): void {
    let left = bytes;
    this.#cuts.add({
      struck,
      strikes: (_line, passing, chunk) => {
        if (passing !== direction) return undefined;
        const passes = left;
        left -= chunk.length;
        return left < 0 ? passes : undefined;
      },
    });
  }

  /** Loses a chunk with `text` in it on its way to the server, and the connection with it. */
  cutRequestWith(text: string, struck = () => {}): void {
    const isIt = (direction: Direction, chunk: Buffer) =>
      direction === 'up' && chunk.includes(text, 0, 'latin1');
    this.#cuts.add({
      struck,
      strikes: (_line, direction, chunk) => (isIt(direction, chunk) ? 0 : undefined),
    });
  }

  /** Lets a chunk with `text` in it reach the server, and loses what the server says to it. */
  cutReplyTo(text: string, struck = () => {}): void {
    let asked: Line | undefined;
    this.#cuts.add({
      struck,
      strikes: (line, direction, chunk) => {
        if (direction === 'down') return line === asked ? 0 : undefined;
        if (asked === undefined && chunk.includes(text, 0, 'latin1')) asked = line;
        return undefined;
      },
    });
  }

  /** Breaks every connection that is open, with a reset. */
  reset(): void {
    for (const line of this.#lines) {
      this.counts.cuts += 1;
      line.break(true);
    }
  }

  /** Fair weather from now on. What was held arrives; a connection that lost bytes breaks. */
  heal(): void {
    this.#isHalfOpen = false;
    this.#cuts.clear();
    for (const direction of ['up', 'down'] as const) {
      Object.assign(this.#weather[direction], fair());
    }
    for (const line of this.#lines) line.heal();
    for (const client of this.#waiting) this.#connect(client, this.#targets);
    this.#waiting.clear();
  }

  async close(): Promise<void> {
    for (const line of this.#lines) line.break(false);
    for (const client of this.#waiting) client.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #setPassage(passage: Weather['passage'], directions: readonly Direction[]): void {
    for (const direction of directions) this.#weather[direction].passage = passage;
    for (const line of this.#lines) line.obey();
  }

  #connect(client: net.Socket, targets: readonly Target[]): void {
    client.on('error', () => client.destroy());
    // A handshake needs both directions.
    const isHeld = this.#weather.up.passage === 'hold' || this.#weather.down.passage === 'hold';
    if (isHeld) {
      this.#waiting.add(client);
      return;
    }
    const [target, ...others] = targets;
    if (target === undefined) {
      this.counts.refused += 1;
      client.resetAndDestroy();
      return;
    }
    const server = net.connect({ ...target, allowHalfOpen: true, noDelay: true });
    const next = (): void => this.#connect(client, others);
    server.once('error', next);
    server.once('connect', () => {
      server.off('error', next);
      this.#join(client, server);
    });
  }

  #join(client: net.Socket, server: net.Socket): void {
    // It may have gone while the target was looked for.
    if (client.destroyed) return void server.destroy();
    client.setNoDelay(true);
    this.counts.connections += 1;
    const line = new Line({
      client,
      server,
      weather: this.#weather,
      random: this.#random,
      onBytes: (direction, bytes) => this.#onBytes(line, direction, bytes),
      hearsEnds: () => {
        if (this.#isHalfOpen) this.counts.unheardEnds += 1;
        return !this.#isHalfOpen;
      },
      onGone: () => this.#lines.delete(line),
    });
    this.#lines.add(line);
  }

  #onBytes(line: Line, direction: Direction, bytes: Buffer): void {
    const { counts } = this;
    counts[direction === 'up' ? 'upBytes' : 'downBytes'] += bytes.length;
    if (this.#weather[direction].passage === 'swallow') {
      counts.lostBytes += bytes.length;
      return line.lose();
    }
    for (const cut of this.#cuts) {
      const passes = cut.strikes(line, direction, bytes);
      if (passes !== undefined) return this.#cut(line, direction, bytes, passes, cut);
    }
    line.pass(direction, bytes);
  }

  #cut(line: Line, direction: Direction, bytes: Buffer, passes: number, cut: Cut): void {
    this.#cuts.delete(cut);
    this.counts.cuts += 1;
    this.counts.lostBytes += bytes.length - passes;
    cut.struck();
    if (passes > 0) line.pass(direction, bytes.subarray(0, passes));
    line.break(false);
  }
}

function fair(): Weather {
  return { passage: 'open', delayMs: 0, jitterMs: 0 };
}

interface LineOptions {
  readonly client: net.Socket;
  readonly server: net.Socket;
  readonly weather: Readonly<Record<Direction, Weather>>;
  readonly random: Random;
  readonly onBytes: (direction: Direction, bytes: Buffer) => void;
  /** Whether the other side is told that one has gone. */
  readonly hearsEnds: () => boolean;
  readonly onGone: () => void;
}

/** One connection through the proxy. */
class Line {
  readonly #options: LineOptions;
  readonly #flows: Readonly<Record<Direction, Flow>>;
  #hasLost = false;

  constructor(options: LineOptions) {
    this.#options = options;
    const { client, server, weather, random } = options;
    this.#flows = {
      up: new Flow({ from: client, to: server, weather: weather.up, random }),
      down: new Flow({ from: server, to: client, weather: weather.down, random }),
    };
    this.#follow(client, 'up');
    this.#follow(server, 'down');
  }

  pass(direction: Direction, bytes: Buffer): void {
    this.#flows[direction].pass(bytes);
  }

  /** Bytes of this connection are gone: it can never go on. */
  lose(): void {
    this.#hasLost = true;
  }

  obey(): void {
    this.#flows.up.obey();
    this.#flows.down.obey();
  }

  heal(): void {
    if (this.#hasLost) this.break(true);
    else this.obey();
  }

  break(isReset: boolean): void {
    for (const flow of Object.values(this.#flows)) flow.stop();
    for (const socket of [this.#options.client, this.#options.server]) {
      if (isReset) socket.resetAndDestroy();
      else socket.destroy();
    }
  }

  #follow(socket: net.Socket, direction: Direction): void {
    const { onBytes, hearsEnds, onGone, client, server } = this.#options;
    socket.on('data', (bytes: Buffer) => onBytes(direction, bytes));
    socket.on('end', () => {
      if (hearsEnds()) this.#flows[direction].end();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', (hadError) => {
      if (hearsEnds()) this.#flows[direction].destroy(hadError);
      if (client.destroyed && server.destroyed) onGone();
    });
  }
}
