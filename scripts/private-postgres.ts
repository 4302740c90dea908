import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { installPackages } from './debian-packages.ts';

const execute = promisify(execFile);

export interface PrivatePostgres {
  readonly url: string;
  /** Where its programs are. */
  readonly programs: string;
  stop(): Promise<void>;
}

/** There is no PostgreSQL to start here; the message says why. */
export class NoPostgresError extends Error {
  override readonly name = 'NoPostgresError';
}

/** Where Debian and Ubuntu keep the programs of each major version. */
const INSTALLED = '/usr/lib/postgresql';
/** Above these, an outgoing connection may already have taken the port. */
const PORT_MIN = 20_000;
const PORT_MAX = 32_767;

/** Starts a server with a data directory of its own, which only this machine can reach. */
export async function startPostgres(options: {
  /** Installs the programs from the distribution's packages when there are none. */
  readonly mayInstall: boolean;
}): Promise<PrivatePostgres> {
  const programs = (await findPrograms()) ?? (await installPrograms(options.mayInstall));
  const directory = await mkdtemp(path.join(tmpdir(), 'ingressou-postgres-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    const server = await startIn(directory, programs);
    const stop = () => server.stop().then(remove);
    return { ...server, stop };
  } catch (failure) {
    await remove();
    throw failure;
  }
}

async function startIn(directory: string, programs: string): Promise<PrivatePostgres> {
  const user = await serverUser();
  if (user !== undefined) await chown(directory, user.uid, user.gid);
  const options = { ...user, cwd: directory };
  const data = path.join(directory, 'data');
  await execute(path.join(programs, 'initdb'), ['-D', data, ...initialisation], options);
  const port = randomInt(PORT_MIN, PORT_MAX + 1);
  const settings = ['-p', `${port}`, '-k', directory, '-c', 'listen_addresses=127.0.0.1'];
  const server = spawn(path.join(programs, 'postgres'), ['-D', data, ...settings], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // A run that is cut short must not leave a server behind.
  process.once('exit', () => server.kill('SIGQUIT'));
  await ready(server);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    programs,
    stop: () => end(server),
  };
}

const initialisation = [
  '--username=postgres',
  '--auth=trust',
  '--encoding=UTF8',
  '--locale=C',
  '--no-sync',
];

async function ready(server: ChildProcess): Promise<void> {
  const log = server.stderr!;
  let last = 'it said nothing';
  for await (const line of createInterface({ input: log })) {
    last = line;
    if (!line.includes('ready to accept connections')) continue;
    log.resume();
    return;
  }
  throw new NoPostgresError(`the private server did not start: ${last}`);
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  // Ends the sessions that are left instead of waiting for them.
  server.kill('SIGINT');
  await ended;
}

async function findPrograms(): Promise<string | undefined> {
  const versions = await readdir(INSTALLED).catch(() => []);
  const newest = versions
    .map(Number)
    .filter(Number.isInteger)
    .sort((a, b) => b - a)[0];
  return newest === undefined ? undefined : path.join(INSTALLED, `${newest}`, 'bin');
}

async function installPrograms(isAllowed: boolean): Promise<string> {
  if (!isAllowed) throw new NoPostgresError('no server answers and none is installed');
  await installPackages('postgresql');
  const programs = await findPrograms();
  if (programs === undefined) throw new NoPostgresError('the package brought no server');
  return programs;
}

/** PostgreSQL refuses to run as root; its package makes a user for it. */
async function serverUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const numberOf = async (flag: string) => Number((await execute('id', [flag, 'postgres'])).stdout);
  return { uid: await numberOf('-u'), gid: await numberOf('-g') };
}
