import { readFile } from 'node:fs/promises';
import type { EventId } from '@ingressou/protocol';
import { UsageError } from '../../../scripts/command.ts';
import { freePort } from '../../../scripts/free-port.ts';
import type { Ground } from '../ground.ts';
import { Program, ProgramError } from '../program.ts';
import type { FromServer, ToServer } from './messages.ts';

export type ContestantName = 'durable' | 'split' | 'memory' | 'echo';

interface Contestant {
  readonly what: string;
  /** What it listens with first; several are joined over NATS, and the last one makes the shows. */
  readonly processes: readonly [Process, ...Process[]];
}

interface Process {
  readonly name: string;
  readonly program: 'product' | 'echo';
  readonly environment: Readonly<Record<string, string>>;
}

/** Workers would count the shows of earlier rounds again, and so cost those more who come later. */
const withoutWorkers = { ROLES: 'gateway,actors' } as const;

/** Who can be measured. */
export const contestants: Readonly<Record<ContestantName, Contestant>> = {
  durable: {
    what: 'the product: every answer is in the journal before it leaves',
    processes: [{ name: 'server', program: 'product', environment: withoutWorkers }],
  },
  split: {
    what: 'the same product in two processes: sockets in one, shows in the other',
    processes: [
      { name: 'gateway', program: 'product', environment: { ROLES: 'gateway' } },
      { name: 'actors', program: 'product', environment: { ROLES: 'actors' } },
    ],
  },
  memory: {
    what: 'the same product without a journal',
    processes: [
      { name: 'server', program: 'product', environment: { ...withoutWorkers, JOURNAL: 'memory' } },
    ],
  },
  echo: {
    what: 'uWebSockets alone: a frame of the size of an answer for each frame',
    processes: [{ name: 'server', program: 'echo', environment: {} }],
  },
};

/** Limits that protect a real sale from one buyer, and would only measure themselves here. */
export const raisedLimits = {
  COMMANDS_PER_SECOND: '1000000',
  COMMANDS_BURST: '1000000',
  SCANS_PER_SECOND: '1000000',
  SCANS_BURST: '1000000',
  FRAMES_PER_SECOND: '1000000',
  FRAMES_BURST: '1000000',
} as const;

/** The options of Node that `npm start` gives, so that a bench measures what people run. */
export async function startFlags(): Promise<string[]> {
  const manifest = JSON.parse(await readFile('package.json', 'utf8'));
  return manifest.scripts.start.split(' ').filter((word: string) => word.startsWith('--'));
}

/** A contestant that runs. */
export interface Server {
  readonly name: ContestantName;
  /** Where its sockets are. */
  readonly port: number;
  /** Signs what the product takes for a buyer's token; undefined for whoever takes anybody. */
  readonly tokenKeyFile: string | undefined;
  createShow(quantities: readonly number[]): Promise<Extract<FromServer, { type: 'show' }>>;
  openSale(event: EventId, at?: number): Promise<void>;
  /** Has orders made and refused in an even rhythm; resolves after the last one. */
  refuseOrders(orders: RefusedOrders): Promise<void>;
  /** Milliseconds of processor time so far, by process. */
  cpuMs(): Promise<Readonly<Record<string, number>>>;
  /** Ends it without a word to anybody, as a crash would. */
  kill(): Promise<void>;
}

/** Which orders, and how many in a second. */
type RefusedOrders = Omit<Extract<ToServer, { readonly type: 'refuse_orders' }>, 'type'>;

/** A process of a contestant that listens. */
interface Running {
  readonly name: string;
  readonly port: number;
  readonly program: Program<ToServer, FromServer>;
}

export interface ServerOptions {
  /** The file for the profile of each of its processes. */
  readonly cpuProfile?: (process: string) => string | undefined;
  /** Variables besides, or instead of, those that every contestant has. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a contestant. */
export async function launch(
  name: ContestantName,
  ground: Ground,
  options: ServerOptions = {},
): Promise<Server> {
  const { processes } = contestants[name];
  const isJoined = processes.length > 1;
  if (isJoined && (ground.natsUrl === undefined || ground.databaseUrl === undefined)) {
    throw new UsageError(
      `"${name}" needs PostgreSQL and NATS: npm run services tells what is here.`,
    );
  }
  const running: Running[] = [];
  for (const process of processes) {
    running.push(await start(process, ground, isJoined, options));
  }
  return new RunningServer(name, ground, running);
}

async function start(
  { name, program: module, environment }: Process,
  ground: Ground,
  isJoined: boolean,
  options: ServerOptions,
): Promise<Running> {
  const port = await freePort();
  const program = new Program<ToServer, FromServer>({
    name: `process "${name}"`,
    module: new URL(module, import.meta.url),
    environment: {
      ...environmentOf(ground, port, isJoined),
      ...environment,
      ...options.environment,
    },
    flags: await startFlags(),
    cpuProfile: options.cpuProfile?.(name),
  });
  await program.next('listening');
  return { name, port, program };
}

class RunningServer implements Server {
  readonly name: ContestantName;
  readonly port: number;
  readonly tokenKeyFile: string | undefined;
  readonly #running: readonly Running[];

  constructor(name: ContestantName, ground: Ground, running: readonly Running[]) {
    this.name = name;
    this.port = running[0]?.port ?? 0;
    this.tokenKeyFile = name === 'echo' ? undefined : tokenKeyFileIn(ground);
    this.#running = running;
  }

  async createShow(quantities: readonly number[]) {
    this.#maker.send({ type: 'create_show', quantities });
    return await this.#maker.next('show');
  }

  async openSale(event: EventId, at?: number): Promise<void> {
    this.#maker.send({ type: 'open_sale', event, ...(at === undefined ? {} : { at }) });
    await this.#maker.next('sale');
  }

  async refuseOrders(orders: RefusedOrders): Promise<void> {
    this.#maker.send({ type: 'refuse_orders', ...orders });
    await this.#maker.next('orders_refused');
  }

  async cpuMs(): Promise<Readonly<Record<string, number>>> {
    const times = this.#running.map(async ({ name, program }) => {
      program.send({ type: 'read_cpu' });
      return [name, (await program.next('cpu')).ms] as const;
    });
    return Object.fromEntries(await Promise.all(times));
  }

  async kill(): Promise<void> {
    await Promise.all(this.#running.map(({ program }) => program.stop()));
  }

  get #maker(): Program<ToServer, FromServer> {
    const maker = this.#running.at(-1);
    if (maker === undefined) throw new ProgramError(`"${this.name}" has no process.`);
    return maker.program;
  }
}

function environmentOf(ground: Ground, port: number, isJoined: boolean) {
  const { databaseUrl, natsUrl, prefix, dataDirectory } = ground;
  return {
    ...raisedLimits,
    PORT: String(port),
    HOST: '127.0.0.1',
    DATABASE_URL: databaseUrl ?? '',
    NATS_URL: (isJoined && natsUrl) || '',
    RABBITMQ_URL: '',
    ...nobodyOutside,
    CLUSTER_PREFIX: prefix,
    DATA_DIRECTORY: dataDirectory,
    TOKEN_KEY_FILE: tokenKeyFileIn(ground),
    DEV_TOKENS: 'false',
    DEMO_SHOW: 'false',
    LOG_LEVEL: 'error',
    SIMULATOR_PORT: '0',
  };
}

/** Whatever this machine is set up for, a bench pays nobody and mails nobody. */
const nobodyOutside = {
  PAGARME_SECRET_KEY: '',
  SENDGRID_API_KEY: '',
  SMTP_URL: '',
  WHATSAPP_TOKEN: '',
  S3_URL: '',
} as const;

function tokenKeyFileIn({ dataDirectory }: Ground): string {
  return `${dataDirectory}/token.pem`;
}
