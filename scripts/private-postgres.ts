import { execFile } from 'node:child_process';
import { appendFile, chmod, chown, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { installPackages } from './debian-packages.ts';
import { freePort } from './free-port.ts';
import { PrivateDirectory } from './private-directory.ts';
import { NoServiceError, type PrivateServer, ServerProcess, type User } from './private-process.ts';
import { serverIn } from './private-server.ts';

const execute = promisify(execFile);

/** A PostgreSQL of this run; `directory` is its data directory. */
export interface PrivatePostgres extends PrivateServer {
  /** Where its programs are. */
  readonly programs: string;
}

/** A copy that follows its primary and answers questions meanwhile. */
export interface PrivateStandby extends PrivatePostgres {
  /** Resolves when it takes writes. */
  promote(): Promise<void>;
}

export interface PostgresOptions {
  /** Below 32768, or an outgoing connection may take it. */
  readonly port?: number;
  /** An empty directory of the caller's for the data, on a mount of its own for instance. */
  readonly directory?: string;
  /** Of postgresql.conf, so that `alter system` can change them afterwards. */
  readonly settings?: Readonly<Record<string, string>>;
  /** For the server alone: LD_PRELOAD, for instance. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly onLog?: (line: string) => void;
}

/** Where Debian and Ubuntu keep the programs of each major version. */
const INSTALLED = '/usr/lib/postgresql';

/** Starts a server with a data directory of its own, which only this machine can reach. */
export async function startPostgres(
  options: PostgresOptions & {
    /** Installs the programs from the distribution's packages when there are none. */
    readonly mayInstall: boolean;
    /** Connections from this machine need it; without one they are trusted. */
    readonly password?: string;
  },
): Promise<PrivatePostgres> {
  const programs = (await findPostgres()) ?? (await installPrograms(options.mayInstall));
  const { password = '' } = options;
  return await startIn(programs, password, options, async ({ data, home, user, port }) => {
    const secret = path.join(home, 'password');
    await writeFile(secret, `${password}\n`, { mode: 0o600 });
    await own(secret, user);
    const access =
      password === '' ? ['--auth=trust'] : ['--auth=scram-sha-256', `--pwfile=${secret}`];
    const initdb = path.join(programs, 'initdb');
    await execute(initdb, ['-D', data, ...initialisation, ...access], { ...user, cwd: home });
    await configure(data, { ...options.settings, ...network(port) });
  });
}

/** Starts a streaming copy of a running server; `name` is its `application_name` there. */
export async function startStandby(
  primary: PrivatePostgres,
  options: PostgresOptions & { readonly name: string },
): Promise<PrivateStandby> {
  const { programs } = primary;
  const password = decodeURIComponent(new URL(primary.url).password);
  let promote = async () => {};
  const server = await startIn(programs, password, options, async ({ data, home, user, port }) => {
    const context = { ...user, cwd: home };
    const copy = ['-D', data, '-d', primary.url, '-X', 'stream', '-c', 'fast', '--no-sync'];
    await execute(path.join(programs, 'pg_basebackup'), copy, context);
    // What the primary was told at run time is not for its copy: once promoted it would wait for
    // a standby of its own that does not exist.
    await writeFile(path.join(data, 'postgresql.auto.conf'), '');
    const source = new URL(primary.url);
    source.searchParams.set('application_name', options.name);
    const following = { primary_conninfo: source.href, synchronous_standby_names: '' };
    await configure(data, { ...following, ...options.settings, ...network(port) });
    await writeFile(path.join(data, 'standby.signal'), '');
    await own(path.join(data, 'standby.signal'), user);
    promote = async () => {
      await execute(path.join(programs, 'pg_ctl'), ['promote', '-w', '-D', data], context);
    };
  });
  return Object.assign(server, { promote: () => promote() });
}

interface Place {
  readonly data: string;
  /** A directory of this run for what is not data. */
  readonly home: string;
  readonly user: User | undefined;
  readonly port: number;
}

async function startIn(
  programs: string,
  password: string,
  options: PostgresOptions,
  prepare: (place: Place) => Promise<void>,
): Promise<PrivatePostgres> {
  const home = await PrivateDirectory.make('postgres');
  const place = await placeIn(home.path, options);
  const server = new ServerProcess({
    program: path.join(programs, 'postgres'),
    arguments: ['-D', place.data],
    ready: /ready to accept (read[- ]only )?connections/,
    // Ends the sessions that are left instead of waiting for them.
    stopSignal: 'SIGINT',
    dropSignal: 'SIGQUIT',
    user: place.user,
    environment: options.environment,
    onLog: options.onLog,
  });
  try {
    await prepare(place);
  } catch (failure) {
    await home.remove();
    throw failure;
  }
  const { data: directory, port } = place;
  const secret = password === '' ? '' : `:${encodeURIComponent(password)}`;
  const url = `postgres://postgres${secret}@127.0.0.1:${port}/postgres`;
  return Object.assign(await serverIn(home, server, { url, port, directory }), { programs });
}

async function placeIn(home: string, options: PostgresOptions): Promise<Place> {
  const user = await serverUser();
  const data = options.directory ?? path.join(home, 'data');
  await mkdir(data, { recursive: true });
  for (const directory of [home, data]) await own(directory, user);
  await chmod(data, 0o700);
  return { data, home, user, port: options.port ?? (await freePort()) };
}

const initialisation = ['--username=postgres', '--encoding=UTF8', '--locale=C', '--no-sync'];

/** A socket file would need a short path, and nobody asks for it. */
function network(port: number): Readonly<Record<string, string>> {
  return { port: `${port}`, listen_addresses: '127.0.0.1', unix_socket_directories: '' };
}

/** What is written last counts. */
async function configure(data: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(settings).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`,
  );
  await appendFile(path.join(data, 'postgresql.conf'), lines.join(''));
}

async function own(file: string, user: User | undefined): Promise<void> {
  if (user !== undefined) await chown(file, user.uid, user.gid);
}

/** Where the programs of the newest installed version are; undefined when there is none. */
export async function findPostgres(): Promise<string | undefined> {
  const versions = await readdir(INSTALLED).catch(() => []);
  const newest = versions
    .map(Number)
    .filter(Number.isInteger)
    .sort((a, b) => b - a)[0];
  return newest === undefined ? undefined : path.join(INSTALLED, `${newest}`, 'bin');
}

async function installPrograms(isAllowed: boolean): Promise<string> {
  if (!isAllowed) throw new NoServiceError('no PostgreSQL answers and none is installed');
  await installPackages('postgresql');
  const programs = await findPostgres();
  if (programs === undefined) throw new NoServiceError('the package brought no PostgreSQL');
  return programs;
}

/** PostgreSQL refuses to run as root; its package makes a user for it. Undefined is ourselves. */
export async function serverUser(): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const numberOf = async (flag: string) => Number((await execute('id', [flag, 'postgres'])).stdout);
  return { uid: await numberOf('-u'), gid: await numberOf('-g') };
}
