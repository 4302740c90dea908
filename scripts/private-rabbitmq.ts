import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import { PrivateDirectory } from './private-directory.ts';
import { NoServiceError, type PrivateServer, ServerProcess } from './private-process.ts';
import { findProgram, programOf } from './private-programs.ts';
import { serverIn } from './private-server.ts';

/** The package's command changes the user first, and its directories then belong to nobody here. */
const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const CONTROL = '/usr/lib/rabbitmq/bin/rabbitmqctl';

const execute = promisify(execFile);

export interface PrivateRabbitmq extends PrivateServer {
  /** Runs its own tool, `rabbitmqctl`, with these words. */
  control(...words: readonly string[]): Promise<void>;
}

/**
 * Starts a RabbitMQ with a node name, ports and directories of its own, which only this machine can
 * reach. Erlang's name server, which would outlive it, is a private one too.
 */
export async function startRabbitmq(options: {
  /** Installs it from the distribution's packages when it is missing. */
  readonly mayInstall: boolean;
  readonly port?: number;
  readonly onLog?: (line: string) => void;
}): Promise<PrivateRabbitmq> {
  await programOf('rabbitmq-server', 'rabbitmq-server', options.mayInstall);
  const directory = await PrivateDirectory.make('rabbitmq');
  const { port = await freePort(), onLog } = options;
  const environment = await environmentIn(directory.path, port);
  const names = nameServer(environment);
  const server = new ServerProcess({
    program: PROGRAM,
    arguments: [],
    environment,
    ready: /Server startup complete/,
    stopSignal: 'SIGTERM',
    dropSignal: 'SIGKILL',
    onLog,
  });
  try {
    await names.start();
    const url = `amqp://guest:guest@127.0.0.1:${port}`;
    const running = await serverIn(directory, server, { url, port });
    const removed = running.remove;
    const remove = async () => {
      await removed();
      await names.stop();
    };
    const control = async (...words: readonly string[]) => {
      const env = { ...process.env, ...environment };
      await execute(CONTROL, ['--node', environment.RABBITMQ_NODENAME!, ...words], { env });
    };
    return Object.assign(running, { remove, control });
  } catch (failure) {
    await names.stop();
    await directory.remove();
    throw failure;
  }
}

function nameServer(environment: Readonly<Record<string, string>>): ServerProcess {
  const program = findProgram('epmd');
  if (program === undefined) throw new NoServiceError('Erlang is installed without its epmd');
  return new ServerProcess({
    program,
    arguments: ['-port', environment.ERL_EPMD_PORT!, '-address', '127.0.0.1', '-d'],
    ready: /epmd running/,
    stopSignal: 'SIGTERM',
    dropSignal: 'SIGKILL',
  });
}

async function environmentIn(home: string, port: number): Promise<Record<string, string>> {
  const configuration = path.join(home, 'rabbitmq.conf');
  // By default it asks for 40 % of the machine before it lets anybody publish.
  await writeFile(configuration, 'vm_memory_high_watermark.relative = 0.1\nlog.console = true\n');
  await mkdir(path.join(home, 'data'));
  return {
    HOME: home,
    RABBITMQ_NODENAME: `ingressou-${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: `${port}`,
    RABBITMQ_DIST_PORT: `${await freePort()}`,
    ERL_EPMD_PORT: `${await freePort()}`,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_FLAGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    RABBITMQ_MNESIA_BASE: path.join(home, 'data'),
    RABBITMQ_LOG_BASE: home,
    RABBITMQ_LOGS: '-',
    RABBITMQ_CONFIG_FILE: configuration,
    RABBITMQ_ENABLED_PLUGINS_FILE: path.join(home, 'enabled_plugins'),
    // The machine's own settings are for the machine's own server.
    RABBITMQ_CONF_ENV_FILE: path.join(home, 'rabbitmq-env.conf'),
    // It then becomes the server itself instead of watching over it, so signals reach it.
    RUNNING_UNDER_SYSTEMD: 'true',
  };
}
