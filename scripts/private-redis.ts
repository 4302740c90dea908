import { freePort } from './free-port.ts';
import { PrivateDirectory } from './private-directory.ts';
import { type PrivateServer, ServerProcess } from './private-process.ts';
import { programOf } from './private-programs.ts';
import { serverIn } from './private-server.ts';

/** Starts a Redis that keeps nothing on the disk and which only this machine can reach. */
export async function startRedis(options: {
  /** Installs it from the distribution's packages when it is missing. */
  readonly mayInstall: boolean;
  readonly port?: number;
  readonly password?: string;
  /** Of redis.conf: `{ maxmemory: '64mb' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onLog?: (line: string) => void;
}): Promise<PrivateServer> {
  const program = await programOf('redis-server', 'redis-server', options.mayInstall);
  const directory = await PrivateDirectory.make('redis');
  const { port = await freePort(), password = '', onLog } = options;
  const settings = {
    port: `${port}`,
    bind: '127.0.0.1',
    dir: directory.path,
    save: '',
    requirepass: password,
    ...options.settings,
  };
  const server = new ServerProcess({
    program,
    arguments: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    ready: /Ready to accept connections/,
    stopSignal: 'SIGTERM',
    dropSignal: 'SIGKILL',
    onLog,
  });
  const access = password === '' ? '' : `:${encodeURIComponent(password)}@`;
  return await serverIn(directory, server, { url: `redis://${access}127.0.0.1:${port}`, port });
}
