import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { checkAmqp } from './amqp-greeting.ts';
import { mayInstall } from './debian-packages.ts';
import { startRabbitmq } from './private-rabbitmq.ts';
import { ANSWER_MS, type Environment, openServer, type TestServer } from './test-server.ts';

const execute = promisify(execFile);

/** Makes and deletes virtual hosts on one server. */
interface Hosts {
  add(name: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/**
 * A virtual host of this run's own, named `name`, on a RabbitMQ that others use too; `close` deletes
 * it. A private server is this run's own as a whole.
 */
export async function openTestRabbitmq(
  environment: Environment,
  name: string,
  standardUrl = 'amqp://guest:guest@127.0.0.1:5672',
): Promise<TestServer> {
  let isPrivate = false;
  const server = await openServer({
    environment,
    variable: 'TEST_RABBITMQ_URL',
    standardUrl,
    check: checkAmqp,
    start: () => {
      isPrivate = true;
      return startRabbitmq({ mayInstall: mayInstall(environment) });
    },
  });
  if (isPrivate) return server;
  const hosts = await hostsOf(new URL(server.url));
  await hosts.add(name);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return { url: url.href, where: server.where, close: () => hosts.remove(name) };
}

async function hostsOf(url: URL): Promise<Hosts> {
  const byHttp = managementOf(url);
  if (await byHttp.answers()) return byHttp;
  if (process.getuid?.() === 0) return commandsOf(url);
  throw new Error('a virtual host of our own needs its management plugin, or root');
}

/** The management plugin's port is the standard one plus ten thousand. */
function managementOf({ hostname, username, password }: URL): Hosts & {
  answers(): Promise<boolean>;
} {
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  const headers = {
    authorization: `Basic ${login.toString('base64')}`,
    'content-type': 'application/json',
  };
  const send = async (method: string, place: string, body?: string) => {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const request = { method, headers, signal, ...(body === undefined ? {} : { body }) };
    const { ok, status } = await fetch(`http://${hostname}:15672/api/${place}`, request);
    if (!ok) throw new Error(`its management plugin answers ${status} to ${method} ${place}`);
  };
  const everything = JSON.stringify({ configure: '.*', write: '.*', read: '.*' });
  return {
    answers: () =>
      send('GET', 'whoami').then(
        () => true,
        // Not enabled, or not for this user: there may be another way.
        () => false,
      ),
    async add(name) {
      await send('PUT', `vhosts/${name}`);
      await send('PUT', `permissions/${name}/${username}`, everything);
    },
    remove: (name) => send('DELETE', `vhosts/${name}`),
  };
}

/** Its own tool reaches the server of this machine, if the user is root. */
function commandsOf({ username }: URL): Hosts {
  const command = async (...words: readonly string[]) => {
    await execute('rabbitmqctl', ['--quiet', ...words]);
  };
  return {
    async add(name) {
      await command('add_vhost', name);
      await command('set_permissions', '-p', name, username || 'guest', '.*', '.*', '.*');
    },
    remove: (name) => command('delete_vhost', name),
  };
}
