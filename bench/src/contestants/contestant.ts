import { readFile } from 'node:fs/promises';
import type { EventId } from '@ingressou/protocol';
import { freePort } from '../../../scripts/free-port.ts';
import type { Ground } from '../ground.ts';
import { Program } from '../program.ts';
import type { FromServer, ToServer } from './messages.ts';

export type ContestantName = 'durable' | 'memory' | 'echo';

interface Contestant {
  readonly what: string;
  readonly program: 'product' | 'echo';
  readonly environment: Readonly<Record<string, string>>;
}

/** Who can be measured. Each runs in a process of its own. */
export const contestants: Readonly<Record<ContestantName, Contestant>> = {
  durable: {
    what: 'the product: every answer is in the journal before it leaves',
    program: 'product',
    environment: { JOURNAL: 'database' },
  },
  memory: {
    what: 'the same product without a journal',
    program: 'product',
    environment: { JOURNAL: 'memory' },
  },
  echo: {
    what: 'uWebSockets alone: a frame of the size of an answer for each frame',
    program: 'echo',
    environment: {},
  },
};

/** Limits that protect a real sale from one buyer, and would only measure themselves here. */
export const raisedLimits = {
  COMMANDS_PER_SECOND: '1000000',
  COMMANDS_BURST: '1000000',
  FRAMES_PER_SECOND: '1000000',
  FRAMES_BURST: '1000000',
} as const;

/** The options of Node that `npm start` gives, so that a bench measures what people run. */
async function startFlags(): Promise<string[]> {
  const manifest = JSON.parse(await readFile('package.json', 'utf8'));
  return manifest.scripts.start.split(' ').filter((word: string) => word.startsWith('--'));
}

/** A contestant that runs. */
export interface Server {
  readonly name: ContestantName;
  readonly port: number;
  /** Signs what the product takes for a buyer's token; undefined for whoever takes anybody. */
  readonly tokenKeyFile: string | undefined;
  createShow(quantities: readonly number[]): Promise<Extract<FromServer, { type: 'show' }>>;
  openSale(event: EventId, at?: number): Promise<void>;
  /** Milliseconds of processor time so far. */
  cpuMs(): Promise<number>;
  /** Ends the process without a word to anybody, as a crash would. */
  kill(): Promise<void>;
}

/** Starts a contestant. `cpuProfile` names the file for its profile. */
export async function launch(
  name: ContestantName,
  ground: Ground,
  cpuProfile?: string,
): Promise<Server> {
  const { program, environment } = contestants[name];
  const port = await freePort();
  const server = new Program<ToServer, FromServer>({
    name: `server "${name}"`,
    module: new URL(program, import.meta.url),
    environment: { ...environmentOf(ground, port), ...environment },
    flags: await startFlags(),
    cpuProfile,
  });
  await server.next('listening');
  return {
    name,
    port,
    tokenKeyFile: program === 'product' ? `${ground.dataDirectory}/token.pem` : undefined,
    async createShow(quantities) {
      server.send({ type: 'create_show', quantities });
      return server.next('show');
    },
    async openSale(event, at) {
      server.send({ type: 'open_sale', event, ...(at === undefined ? {} : { at }) });
      await server.next('sale');
    },
    async cpuMs() {
      server.send({ type: 'read_cpu' });
      return (await server.next('cpu')).ms;
    },
    kill: () => server.stop(),
  };
}

function environmentOf({ databaseUrl, dataDirectory }: Ground, port: number) {
  return {
    ...raisedLimits,
    PORT: String(port),
    HOST: '127.0.0.1',
    DATABASE_URL: databaseUrl ?? '',
    DATA_DIRECTORY: dataDirectory,
    TOKEN_KEY_FILE: `${dataDirectory}/token.pem`,
    DEV_TOKENS: 'false',
    DEMO_SHOW: 'false',
    LOG_LEVEL: 'error',
  };
}
