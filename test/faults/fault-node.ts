import { createWriteStream, type WriteStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ServerProcess } from '../../scripts/private-process.ts';
import type { Random } from '../simulation/random.ts';
import { ChaosProxy, type Target } from './chaos-proxy.ts';
import { comesTrue } from './comes-true.ts';
import { stateOf } from './process-state.ts';

export interface NodeOptions {
  readonly name: string;
  readonly logFile: string;
  readonly random: Random;
  readonly roles: string;
  /** A port that nobody else of this run gets, now or later. */
  readonly takePort: () => Promise<number>;
  readonly databaseUrl: string;
  readonly natsUrl: string;
  /** Whether what it says to its services passes the harness, which can then break it. */
  readonly isProxied: boolean;
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that are URLs of other services: each is reached through a proxy of the harness. */
  readonly services?: Readonly<Record<string, string>>;
  /** Of node itself: `--inspect`, for instance. */
  readonly arguments?: readonly string[];
}

const stoppedWithinMs = 2_000;
const postgresPort = 5_432;
const natsPort = 4_222;

/**
 * A node in a process of its own, as `npm start` starts it, behind proxies of the harness.
 */
export class FaultNode {
  readonly name: string;
  readonly roles: string;
  /** Where clients come in; leads to another node when this one takes no connection. */
  readonly door: ChaosProxy;
  readonly toDatabase: ChaosProxy;
  readonly toBus: ChaosProxy;
  readonly port: number;
  readonly #services: ReadonlyMap<string, ChaosProxy>;
  readonly #process: ServerProcess;
  readonly #log: WriteStream;
  readonly #lines: string[] = [];

  private constructor(options: NodeOptions, port: number, ways: Ways) {
    const { name, roles, isProxied, databaseUrl, natsUrl } = options;
    this.name = name;
    this.roles = roles;
    this.port = port;
    this.door = ways.door;
    this.toDatabase = ways.toDatabase;
    this.toBus = ways.toBus;
    this.#services = ways.services;
    this.#log = createWriteStream(options.logFile, { flags: 'a' });
    this.#process = new ServerProcess({
      program: process.execPath,
      arguments: [...(options.arguments ?? []), mainProgram],
      ready: /"msg":"serving"/,
      stopSignal: 'SIGTERM',
      dropSignal: 'SIGKILL',
      environment: {
        ...options.environment,
        ...Object.fromEntries(
          [...ways.services].map(([name, proxy]) => [
            name,
            through(options.services?.[name] ?? '', proxy),
          ]),
        ),
        HOST: '127.0.0.1',
        PORT: `${port}`,
        NODE_NAME: name,
        ROLES: roles,
        DATABASE_URL: isProxied ? through(databaseUrl, ways.toDatabase) : databaseUrl,
        NATS_URL: isProxied ? through(natsUrl, ways.toBus) : natsUrl,
        LOG_LEVEL: 'info',
        SIMULATOR_PORT: '0',
      },
      onLog: (line) => {
        this.#lines.push(line);
        this.#log.write(`${line}\n`);
      },
    });
  }

  /** Opens its ways; the process is started by `start`. */
  static async prepare(options: NodeOptions): Promise<FaultNode> {
    const port = await options.takePort();
    const proxyTo = async (target: Target, name: string) => {
      const proxy = new ChaosProxy({ targets: [target], random: options.random.fork(name) });
      await proxy.open(await options.takePort());
      return proxy;
    };
    const door = await proxyTo({ host: '127.0.0.1', port }, 'door');
    const toDatabase = await proxyTo(targetOf(options.databaseUrl, postgresPort), 'database');
    const toBus = await proxyTo(targetOf(options.natsUrl, natsPort), 'bus');
    const services = new Map<string, ChaosProxy>();
    for (const [name, url] of Object.entries(options.services ?? {})) {
      services.set(name, await proxyTo(targetOf(url, 0), name));
    }
    return new FaultNode(options, port, { door, toDatabase, toBus, services });
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** The way to a service, by the variable that names it. */
  way(name: string): ChaosProxy {
    const proxy = this.#services.get(name);
    if (proxy === undefined) throw new Error(`${this.name} reaches nothing by ${name}.`);
    return proxy;
  }

  /** Where clients come in. */
  get url(): string {
    return `http://127.0.0.1:${this.door.port}`;
  }

  /** Its own address, which no fault is in front of. */
  get target(): Target {
    return { host: '127.0.0.1', port: this.port };
  }

  /** What it has logged, as lines of JSON. */
  get log(): readonly string[] {
    return this.#lines;
  }

  /** Resolves when it serves. */
  async start(): Promise<void> {
    await this.#process.start();
  }

  /** SIGKILL: what no program can prepare for. */
  async kill(): Promise<void> {
    await this.#process.kill();
  }

  /** SIGKILL, without waiting for anything. */
  killNow(): void {
    this.#process.signal('SIGKILL');
  }

  /** SIGTERM: it gives its shows away and ends. Its exit code. */
  async stop(): Promise<number | null> {
    await this.#process.stop();
    return this.#process.exitCode;
  }

  /** Stops it in its tracks; true when the kernel says that it is stopped. */
  async freeze(): Promise<boolean> {
    this.#process.signal('SIGSTOP');
    return await comesTrue(() => this.isFrozen(), stoppedWithinMs);
  }

  thaw(): void {
    this.#process.signal('SIGCONT');
  }

  async isFrozen(): Promise<boolean> {
    return (await stateOf(this.pid)) === 'T';
  }

  /** The value of one of its metrics, the sum over its labels; 0 when it was never counted. */
  async metric(name: string, labels = ''): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${this.port}/metrics`);
    const lines = (await response.text()).split('\n');
    const values = lines.filter((line) => line.startsWith(name) && line.includes(labels));
    return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  async close(): Promise<void> {
    await this.#process.kill();
    const ways = [this.door, this.toDatabase, this.toBus, ...this.#services.values()];
    for (const proxy of ways) await proxy.close();
    await new Promise((resolve) => this.#log.end(resolve));
  }
}

interface Ways {
  readonly door: ChaosProxy;
  readonly toDatabase: ChaosProxy;
  readonly toBus: ChaosProxy;
  readonly services: ReadonlyMap<string, ChaosProxy>;
}

const mainProgram = fileURLToPath(new URL('../../server/main.js', import.meta.url));

/** The same service, through a proxy. */
function through(url: string, proxy: ChaosProxy): string {
  const changed = new URL(url);
  changed.hostname = '127.0.0.1';
  changed.port = `${proxy.port}`;
  return changed.href;
}

/** Where a URL leads. */
export function targetOf(url: string, defaultPort: number): Target {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port || defaultPort) };
}
