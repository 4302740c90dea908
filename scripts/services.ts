import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runCommand } from './command.ts';
import { mayInstall } from './debian-packages.ts';
import { programOf } from './private-programs.ts';
import { findBrowser } from './test-browser.ts';
import { openTestNats } from './test-nats.ts';
import { openPostgres } from './test-postgres.ts';
import { openTestRabbitmq } from './test-rabbitmq.ts';
import { openTestRedis } from './test-redis.ts';
import type { Environment, TestServer } from './test-server.ts';

/** What the suites need besides Node: where it answers, and what is missing on this machine. */
export interface Services {
  /** A database of this run's own. */
  readonly postgres: Service | undefined;
  readonly redis: Service | undefined;
  readonly nats: Service | undefined;
  /** A virtual host of this run's own. */
  readonly rabbitmq: Service | undefined;
  /** The path of an nginx; each test starts its own. */
  readonly nginx: string | undefined;
  /** The path of a Chromium. */
  readonly browser: string | undefined;
  /** Begins every key and every subject of this run in what it shares with others. */
  readonly prefix: string;
  readonly missing: readonly Missing[];
  /** Drops what was created and stops what was started. */
  close(): Promise<void>;
}

export interface Service {
  readonly url: string;
  /** Whose server it is, in words. */
  readonly where: string;
}

export type ServiceName = 'postgres' | 'redis' | 'nats' | 'rabbitmq' | 'nginx' | 'browser';

export interface Missing {
  readonly name: ServiceName;
  readonly why: string;
  /** The command that brings it. */
  readonly next: string;
}

/** The variable that names a service, and the package that brings it. */
const sources: Readonly<Record<ServiceName, readonly [variable: string, packageName: string]>> = {
  postgres: ['TEST_DATABASE_URL', 'postgresql'],
  redis: ['TEST_REDIS_URL', 'redis-server'],
  nats: ['TEST_NATS_URL', 'nats-server'],
  rabbitmq: ['TEST_RABBITMQ_URL', 'rabbitmq-server'],
  nginx: ['', 'nginx'],
  browser: ['TEST_BROWSER', 'chromium'],
};

/** Finds or starts every service. Nothing that this run did not create is touched. */
export async function openServices(environment: Environment = process.env): Promise<Services> {
  const prefix = `ingressou_test_${randomBytes(6).toString('hex')}`;
  const missing: Missing[] = [];
  // A machine without a service is a machine where its suites are skipped, and say so.
  const found = <T>(name: ServiceName, opening: Promise<T>): Promise<T | undefined> =>
    opening.catch((cause: unknown) => {
      missing.push(missingService(name, cause, environment));
      return undefined;
    });
  const [postgres, redis, nats, rabbitmq, nginx, browser] = await Promise.all([
    found('postgres', openPostgres(environment)),
    found('redis', openTestRedis(environment, prefix)),
    found('nats', openTestNats(environment)),
    found('rabbitmq', openTestRabbitmq(environment, prefix)),
    found('nginx', programOf('nginx', sources.nginx[1], mayInstall(environment))),
    found('browser', findBrowser(environment)),
  ]);
  const close = () => closeAll([postgres, redis, nats, rabbitmq]);
  return { postgres, redis, nats, rabbitmq, nginx, browser, prefix, missing, close };
}

function missingService(name: ServiceName, cause: unknown, environment: Environment): Missing {
  const [variable, packageName] = sources[name];
  const next =
    environment[variable] === undefined ? `apt-get install -y ${packageName}` : `unset ${variable}`;
  return { name, why: sentenceOf(cause), next };
}

function sentenceOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // A name with two addresses fails with a list and no words of its own; programs say a lot.
  const [first = ''] = cause.message.split('\n');
  return first || ('code' in cause ? String(cause.code) : cause.name);
}

async function closeAll(servers: readonly (TestServer | undefined)[]): Promise<void> {
  const closed = await Promise.allSettled(servers.map((server) => server?.close()));
  const [failed] = closed.filter(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

const help = `Usage: npm run services [-- --json]

Shows which services the tests can use on this machine, and how to get those that are missing.
Every run of the tests opens them in the same way, and works in a database, a virtual host and under
a prefix of its own, which are gone afterwards.

PostgreSQL  TEST_DATABASE_URL, else the server on 127.0.0.1:5432, else a private server
Redis       TEST_REDIS_URL, else the server on 127.0.0.1:6379, else a private server
NATS        TEST_NATS_URL, else the server on 127.0.0.1:4222, else a private server
RabbitMQ    TEST_RABBITMQ_URL, else the server on 127.0.0.1:5672, else a private server
nginx       the installed one
Chromium    TEST_BROWSER, else the installed one

A private server is started from the installed programs, on a port and in a directory of its own.
With CI=true, as root, what is missing is installed first from the distribution's packages.

  --json    the same for programs
  --help    this text`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) return console.log(help);
  const { close, ...services } = await openServices();
  console.log(values.json ? JSON.stringify(services) : tableOf(services));
  await close();
  if (services.missing.length > 0) process.exitCode = 1;
}

function tableOf({ missing, prefix: _, ...found }: Omit<Services, 'close'>): string {
  const lines = Object.entries(found).flatMap(([name, service]) =>
    service === undefined ? [] : [lineOf(name, service)],
  );
  const lacks = missing.map(({ name, why, next }) => lineOf(name, `missing: ${why}\n${next}`));
  return [...lines, ...lacks].join('\n');
}

function lineOf(name: string, service: Service | string): string {
  const [first = '', ...others] = (typeof service === 'string' ? service : service.where).split(
    '\n',
  );
  const indented = others.map((line) => ' '.repeat(NAME_WIDTH) + line);
  return [name.padEnd(NAME_WIDTH) + first, ...indented].join('\n');
}

const NAME_WIDTH = 10;

if (process.argv[1] === fileURLToPath(import.meta.url)) await runCommand(main);
