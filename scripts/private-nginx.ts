import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from './free-port.ts';
import { PrivateDirectory } from './private-directory.ts';
import { type PrivateServer, ServerProcess } from './private-process.ts';
import { programOf } from './private-programs.ts';
import { serverIn } from './private-server.ts';

/** Where a configuration may listen, and put what it writes. */
export interface NginxPlace {
  readonly port: number;
  readonly directory: string;
}

export interface PrivateNginx extends PrivateServer {
  /** Reads the configuration again, or another one; connections that are open stay. */
  reload(config?: (place: NginxPlace) => string): Promise<void>;
}

/** Starts the real nginx with a configuration: the whole text of an nginx.conf. */
export async function startNginx(options: {
  readonly config: (place: NginxPlace) => string;
  /** Installs it from the distribution's packages when it is missing. */
  readonly mayInstall?: boolean;
  readonly port?: number;
  readonly onLog?: (line: string) => void;
}): Promise<PrivateNginx> {
  const program = await programOf('nginx', 'nginx', options.mayInstall ?? false);
  const home = await PrivateDirectory.make('nginx');
  const { config, port = await freePort(), onLog } = options;
  const place = { port, directory: home.path };
  const file = path.join(home.path, 'nginx.conf');
  await writeFile(file, config(place));
  // A second `pid` would be an error, and the usual one is another server's.
  const pid = /^\s*pid\s/m.test(config(place)) ? '' : `pid ${home.path}/nginx.pid;`;
  const globals = `daemon off; error_log stderr notice; ${pid}`;
  const server = new ServerProcess({
    program,
    arguments: ['-p', home.path, '-c', file, '-g', globals, '-e', 'stderr'],
    ready: /start worker processes/,
    stopSignal: 'SIGTERM',
    dropSignal: 'SIGTERM',
    onLog,
  });
  const described = await serverIn(home, server, { url: `http://127.0.0.1:${port}`, port });
  return Object.assign(described, {
    reload: async (changed = config) => {
      await writeFile(file, changed(place));
      server.signal('SIGHUP');
    },
  });
}

/**
 * The configuration of the deployment, `deploy/nginx/nginx.conf` under the project's root, for
 * gateways (`host:port`) on this machine.
 *
 * @throws {Error} it no longer has the lines that depend on the place
 */
export async function deployedNginx(
  root: string,
  gateways: readonly string[],
): Promise<(place: NginxPlace) => string> {
  const text = await readFile(path.join(root, 'deploy/nginx/nginx.conf'), 'utf8');
  const replaced = (from: string, line: RegExp, to: string) => {
    if (!line.test(from)) throw new Error(`deploy/nginx/nginx.conf has no line like ${line}`);
    return from.replace(line, to);
  };
  return ({ port, directory }) => {
    const here = replaced(text, /listen 8080;/, `listen 127.0.0.1:${port};`);
    const servers = gateways.map((each) => `server ${each} $1;`).join('\n');
    const lines = /server gateway-1:8080 ([^;]*);\s*server gateway-2:8080 [^;]*;/;
    // nginx cannot open a standard output that is no file and no pipe, and ours is a socket.
    return replaced(here, lines, servers)
      .replace('/dev/stdout', '/tmp/access.log')
      .replaceAll(' /tmp/', ` ${directory}/`);
  };
}
