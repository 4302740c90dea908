import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { freePort } from '../../scripts/free-port.ts';
import { startNats } from '../../scripts/private-nats.ts';
import { type PrivatePostgres, startPostgres } from '../../scripts/private-postgres.ts';
import type { PrivateServer } from '../../scripts/private-process.ts';
import { type PrivateRabbitmq, startRabbitmq } from '../../scripts/private-rabbitmq.ts';
import { startRedis } from '../../scripts/private-redis.ts';
import { AccessTokens, openSigningKey } from '../../src/transport/access-tokens.ts';
import { stateOf } from './process-state.ts';

export interface GroundOptions {
  readonly seed: number;
  /** Whether missing servers may be installed from the distribution's packages. */
  readonly mayInstall: boolean;
}

/** What every PostgreSQL of a run is set to. */
export const postgresSettings = {
  // Several nodes and their tools connect to it.
  max_connections: '200',
  // After a crash it makes its whole directory durable; file by file that takes longer than all else.
  recovery_init_sync_method: 'syncfs',
} as const;

/** What all scenarios of one run stand on: servers of its own, and a directory for what is left. */
export class Ground {
  readonly seed: number;
  readonly mayInstall: boolean;
  /** Histories and logs; deleted when all went well. */
  readonly directory: string;
  readonly tokenKeyFile: string;
  readonly tokens: AccessTokens;
  readonly #ports = new Set<number>();
  readonly #servers = new Map<string, PrivateServer>();
  readonly #closers: (() => Promise<unknown>)[] = [];

  private constructor(options: GroundOptions, directory: string, key: Key) {
    this.seed = options.seed;
    this.mayInstall = options.mayInstall;
    this.directory = directory;
    this.tokenKeyFile = key.file;
    this.tokens = key.tokens;
  }

  static async open(options: GroundOptions): Promise<Ground> {
    const directory = await mkdtemp(path.join(tmpdir(), 'ingressou-faults-'));
    // Servers that run as another user read what is put here for them.
    await chmod(directory, 0o755);
    const file = path.join(directory, 'access-token.pem');
    const tokens = new AccessTokens(await openSigningKey(file));
    return new Ground(options, directory, { file, tokens });
  }

  /** A port that is free and that nobody else of this run gets, though it may be free for long. */
  async takePort(): Promise<number> {
    for (;;) {
      const port = await freePort();
      if (this.#ports.has(port)) continue;
      this.#ports.add(port);
      return port;
    }
  }

  /** The PostgreSQL that scenarios share. One that a scenario has left dead is started again. */
  postgres(): Promise<PrivatePostgres> {
    const { mayInstall } = this;
    return this.#shared('postgres', () =>
      startPostgres({ mayInstall, settings: postgresSettings }),
    );
  }

  nats(): Promise<PrivateServer> {
    return this.#shared('nats', () => startNats({ mayInstall: this.mayInstall }));
  }

  redis(): Promise<PrivateServer> {
    return this.#shared('redis', () => startRedis({ mayInstall: this.mayInstall }));
  }

  rabbitmq(): Promise<PrivateRabbitmq> {
    return this.#shared('rabbitmq', () => startRabbitmq({ mayInstall: this.mayInstall }));
  }

  /** What is undone at the end of the run at the latest; the last one first. It may be called twice. */
  afterwards(close: () => Promise<unknown>): void {
    this.#closers.push(close);
  }

  async close({ keepsArtefacts }: { readonly keepsArtefacts: boolean }): Promise<void> {
    for (const close of this.#closers.reverse()) await close();
    if (!keepsArtefacts) await rm(this.directory, { recursive: true, force: true });
  }

  async #shared<T extends PrivateServer>(name: string, start: () => Promise<T>): Promise<T> {
    const known = this.#servers.get(name) as T | undefined;
    if (known === undefined) {
      const started = await start();
      this.#servers.set(name, started);
      this.afterwards(() => started.remove());
      return started;
    }
    if ((await stateOf(known.pid)) === undefined) await known.start();
    return known;
  }
}

interface Key {
  readonly file: string;
  readonly tokens: AccessTokens;
}

/**
 * Asks a server where its data is before anything is done to it that destroys.
 *
 * @throws {Error} it is not the server that this run has started
 */
export async function assertOwn(postgres: PrivatePostgres): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    const [answer] = rows;
    if (answer?.data_directory === postgres.directory) return;
    throw new Error(`${postgres.url} keeps its data in ${answer?.data_directory}: not ours.`);
  } finally {
    await client.end();
  }
}
