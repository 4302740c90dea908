import { randomBytes } from 'node:crypto';
import {
  type CommandId,
  type EventId,
  type ServerMessage,
  unpack,
  uuid7,
} from '@ingressou/protocol';
import { freePort } from '../../../scripts/free-port.ts';
import { raisedLimits, startFlags } from '../contestants/contestant.ts';
import { frameOf } from '../load/frames.ts';
import { LiveSocket } from '../load/live-socket.ts';
import { Program } from '../program.ts';
import type { ScenarioContext } from '../scenario.ts';
import type { FromGateNode, PreparedGates, ToGateNode } from './messages.ts';

type Verdict = Extract<ServerMessage, { readonly type: 'verdict' }>;
type Answer = Verdict | Extract<ServerMessage, { readonly type: 'rejected' }>;

/** What was scanned, to whoever waits for the word on it. */
export type Told = (answer: Answer) => void;

/** A node whose show is sold, and scanners on its sockets. */
export class Doors {
  readonly prepared: PreparedGates;
  readonly scanners: readonly Scanner[];
  readonly #program: Program<ToGateNode, FromGateNode>;
  readonly #port: number;

  private constructor(
    program: Program<ToGateNode, FromGateNode>,
    port: number,
    prepared: PreparedGates,
    scanners: readonly Scanner[],
  ) {
    this.#program = program;
    this.#port = port;
    this.prepared = prepared;
    this.scanners = scanners;
  }

  static async open(
    tickets: number,
    count: number,
    { ground, progress }: ScenarioContext,
  ): Promise<Doors> {
    const port = await freePort();
    const program = new Program<ToGateNode, FromGateNode>({
      name: 'node with gates',
      module: new URL('program', import.meta.url),
      environment: {
        ...raisedLimits,
        PORT: String(port),
        HOST: '127.0.0.1',
        // Workers would sign and project what is sold here while the doors are open.
        ROLES: 'gateway,actors',
        DATABASE_URL: ground.databaseUrl ?? '',
        NATS_URL: '',
        RABBITMQ_URL: '',
        PAGARME_SECRET_KEY: '',
        CLUSTER_PREFIX: ground.prefix,
        DATA_DIRECTORY: ground.dataDirectory,
        TOKEN_KEY_FILE: `${ground.dataDirectory}/token.pem`,
        DEV_TOKENS: 'false',
        DEMO_SHOW: 'false',
        LOG_LEVEL: 'error',
        SIMULATOR_PORT: '0',
      },
      flags: await startFlags(),
    });
    await program.next('listening');
    program.on('sold', (sold) => progress.show(`${sold.tickets} tickets sold …`));
    program.send({ type: 'prepare', tickets, scanners: count });
    const prepared = await program.next('prepared');
    const scanners = await Promise.all(
      prepared.tokens.map((token) => Scanner.open(port, prepared.event, token)),
    );
    return new Doors(program, port, prepared, scanners);
  }

  /** As many codes as the node has looked at before they come. */
  async lookedAhead(): Promise<number> {
    return countIn(await this.#metrics(), 'codes_looked_ahead_total');
  }

  /** Rows that became durable so far, and those that took longer than 25 ms. */
  async commits(): Promise<Commits> {
    const metrics = await this.#metrics();
    const all = countIn(metrics, 'commit_seconds_count');
    return { all, slow: all - countIn(metrics, 'commit_seconds_bucket{le="0.025"}') };
  }

  async #metrics(): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.#port}/metrics`);
    return await response.text();
  }

  async close(): Promise<void> {
    for (const scanner of this.scanners) scanner.close();
    await this.#program.stop();
  }
}

export interface Commits {
  readonly all: number;
  readonly slow: number;
}

function countIn(metrics: string, name: string): number {
  const line = metrics.split('\n').find((each) => each.startsWith(`ingressou_${name} `));
  return Number(line?.split(' ').at(-1));
}

/** One scanner that is online. */
export class Scanner {
  /** Why the server let go of it, if it did. */
  lost: string | undefined;
  readonly #socket: LiveSocket;
  readonly #event: EventId;
  readonly #waiting = new Map<string, Told>();
  #seq = 0;

  private constructor(socket: LiveSocket, event: EventId) {
    this.#socket = socket;
    this.#event = event;
  }

  static async open(port: number, event: EventId, token: string): Promise<Scanner> {
    const socket = await LiveSocket.open(port);
    const scanner = new Scanner(socket, event);
    await new Promise<void>((resolve) => {
      socket.onMessage = () => resolve();
      socket.write(frameOf({ type: 'hello', token }));
    });
    socket.onMessage = (bytes, begin, end) => scanner.#hear(bytes, begin, end);
    socket.onLost = (why) => {
      scanner.lost = why;
    };
    return scanner;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  scan(code: string, told: Told): void {
    const id = uuid7<CommandId>(Date.now(), randomBytes(16));
    this.#seq += 1;
    this.#waiting.set(id, told);
    const about = { event: this.#event, seq: this.#seq, checkpoint: 0, code, at: Date.now() };
    this.#socket.write(frameOf({ type: 'scan', id, direction: 'entry', ...about }));
  }

  close(): void {
    this.#socket.close();
  }

  #hear(bytes: Buffer, begin: number, end: number): void {
    const message = unpack(bytes.subarray(begin, end)) as ServerMessage;
    if (message.type !== 'verdict' && message.type !== 'rejected') return;
    const told = this.#waiting.get(message.re);
    this.#waiting.delete(message.re);
    told?.(message);
  }
}

/** The word of an answer: its verdict, or why there is none. */
export function wordOf(answer: Answer): string {
  return answer.type === 'verdict' ? answer.verdict : answer.reason;
}
