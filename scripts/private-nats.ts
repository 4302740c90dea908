import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from './free-port.ts';
import { PrivateDirectory } from './private-directory.ts';
import { type PrivateServer, ServerProcess } from './private-process.ts';
import { programOf } from './private-programs.ts';
import { serverIn } from './private-server.ts';

/** Starts a NATS without JetStream, which only this machine can reach. */
export async function startNats(options: {
  /** Installs it from the distribution's packages when it is missing. */
  readonly mayInstall: boolean;
  readonly port?: number;
  readonly password?: string;
  /** Of its configuration: `{ max_payload: '64KB' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onLog?: (line: string) => void;
}): Promise<PrivateServer> {
  const program = await programOf('nats-server', 'nats-server', options.mayInstall);
  const directory = await PrivateDirectory.make('nats');
  const { port = await freePort(), password, settings = {}, onLog } = options;
  const configuration = path.join(directory.path, 'nats.conf');
  const lines = Object.entries(settings).map(([name, value]) => `${name}: ${value}\n`);
  await writeFile(configuration, lines.join(''));
  const login = password === undefined ? [] : ['--user', 'ingressou', '--pass', password];
  const server = new ServerProcess({
    program,
    arguments: ['--config', configuration, '--addr', '127.0.0.1', '--port', `${port}`, ...login],
    ready: /Server is ready/,
    stopSignal: 'SIGTERM',
    dropSignal: 'SIGKILL',
    onLog,
  });
  const access = password === undefined ? '' : `ingressou:${encodeURIComponent(password)}@`;
  return await serverIn(directory, server, { url: `nats://${access}127.0.0.1:${port}`, port });
}
