import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import net from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { isWithin } from '../../scripts/doctor/machine.ts';
import { examine, linesOf } from '../../scripts/doctor.ts';
import { freePort } from '../../scripts/free-port.ts';
import { startNats } from '../../scripts/private-nats.ts';
import {
  findPostgres,
  type PrivatePostgres,
  startPostgres,
  startStandby,
} from '../../scripts/private-postgres.ts';
import type { PrivateServer } from '../../scripts/private-process.ts';
import { findProgram } from '../../scripts/private-programs.ts';
import { startRedis } from '../../scripts/private-redis.ts';
import { createDatabase } from '../../scripts/test-postgres.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openPg } from '../../src/store/pg.ts';
import { skipBecause } from '../setup/skip-because.ts';

const mayInstall = false;
const migrations = path.join(import.meta.dirname, '../../migrations');

type Environment = Readonly<Record<string, string>>;

/** What is seen of one thing, as an operator reads it. */
async function seen(name: string, environment: Environment): Promise<string> {
  const port = environment.PORT ?? `${await freePort()}`;
  const findings = await examine({ ...environment, PORT: port });
  return linesOf(findings.filter((finding) => finding.name === name)).replaceAll(/ {2,}/g, '  ');
}

const servers: PrivateServer[] = [];
const listeners: (Server | net.Server)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const listener of listeners.splice(0)) listener.close();
  for (const server of servers.splice(0).reverse()) await server.remove();
});

async function started<T extends PrivateServer>(starting: Promise<T>): Promise<T> {
  const server = await starting;
  servers.push(server);
  return server;
}

describe('The doctor, of the machine', () => {
  it('refuses a configuration that does not fit, whole', async () => {
    const text = await seen('configuration', { ROLES: 'gateway', DATABASE_URL: 'mysql://x' });
    expect(text).toContain('FAIL  configuration  These variables are wrong');
    expect(text).toContain('DATABASE_URL: must look like postgres://');
  });

  it.each([
    [{}, 'the embedded database survives a killed process'],
    [{ JOURNAL: 'memory' }, 'every show is lost at the end'],
  ])('warns of %j', async (environment: Environment, words) => {
    expect(await seen('configuration', environment)).toContain(words);
  });

  it('knows which Node runs it', async () => {
    expect(await seen('Node', {})).toBe(`ok  Node  ${process.versions.node}`);
    const range = '>=20.19 <26';
    const versions = ['20.18.9', '20.19.0', '22.1.0', '25.9.9', '26.0.0', '19.99.0'];
    expect(versions.map((version) => isWithin(version, range))).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('says which build of uWebSockets.js loads', async () => {
    expect(await seen('uWebSockets.js', {})).toMatch(/^ok {2}uWebSockets.js {2}.* build on /);
  });

  it('refuses a data directory that cannot be made', async () => {
    const DATA_DIRECTORY = path.join(import.meta.filename, 'below');
    expect(await seen('data directory', { DATA_DIRECTORY })).toContain('ENOTDIR');
    expect(await seen('data directory', { DATA_DIRECTORY: '/tmp/a/b/c' })).toContain('ok');
  });

  it('refuses files of keys that hold none, and makes none itself', async () => {
    const [token, data] = ['key of access tokens', 'key of personal data'];
    const none = { TOKEN_KEY_FILE: import.meta.filename, DATA_KEY_FILE: import.meta.filename };
    expect(await seen(token, none)).toMatch(/^FAIL.*no Ed25519 key.*\n.*→.*TOKEN_KEY_FILE/);
    expect(await seen(data, none)).toMatch(/^FAIL.*not a key of 32 bytes.*\n.*→.*DATA_KEY_FILE/);
    const missing = path.join(import.meta.dirname, 'no such key');
    const text = await seen(token, { TOKEN_KEY_FILE: missing });
    expect(text).toContain('is made at the first start');
    expect(existsSync(missing)).toBe(false);
  });

  it('warns of more sockets than files', async () => {
    const text = await seen('open files', { SOCKETS_MAX: '100000000' });
    expect(text).toContain('warn  open files');
    expect(text).toContain('→ ulimit -n 100000200');
  });

  it('tells a taken port from a node that serves there', async () => {
    const listen = async (listener: Server | net.Server) => {
      listeners.push(listener);
      const port = await freePort();
      await new Promise<void>((resolve) => listener.listen(port, '127.0.0.1', resolve));
      return `${port}`;
    };
    const stranger = await listen(net.createServer((socket) => socket.end('no')));
    expect(await seen('port', { PORT: stranger })).toContain(`FAIL  port  127.0.0.1:${stranger}`);
    const simulator = { SIMULATOR_PORT: stranger };
    expect(await seen('port of the simulator', simulator)).toContain('FAIL');
    const node = await listen(createServer((_request, response) => response.end('ok\n')));
    expect(await seen('port', { PORT: node })).toContain('is served by a node already');
  });
});

describe('The doctor, of services that do not answer', () => {
  const nowhere = 'postgres://ana:secret@127.0.0.1:1/sales';
  const bucket = { S3_BUCKET: 'tickets', S3_ACCESS_KEY: 'ana', S3_SECRET_KEY: 'secret' };
  it.each([
    ['PostgreSQL', { DATABASE_URL: nowhere }, 'DATABASE_URL'],
    [
      'replica 1',
      { DATABASE_URL: nowhere, DATABASE_REPLICA_URLS: nowhere },
      'DATABASE_REPLICA_URLS',
    ],
    ['Redis', { REDIS_URL: 'redis://:secret@127.0.0.1:1' }, 'REDIS_URL'],
    ['NATS', { DATABASE_URL: nowhere, NATS_URL: 'nats://a:secret@127.0.0.1:1' }, 'NATS_URL'],
    ['RabbitMQ', { RABBITMQ_URL: 'amqp://guest:secret@127.0.0.1:1' }, 'RABBITMQ_URL'],
    ['SMTP', { SMTP_URL: 'smtp://ana:secret@127.0.0.1:1' }, 'SMTP_URL'],
    ['S3', { ...bucket, S3_URL: 'http://127.0.0.1:1' }, 'S3_URL'],
  ])('says where %s should be, and never the password', async (name, environment, variable) => {
    const text = await seen(name, environment as Environment);
    expect(text).toMatch(new RegExp(`^FAIL {2}${name} {2}127.0.0.1:1: .*(nothing|refused)`));
    expect(text).toContain(`→ `);
    expect(text).toContain(variable);
    expect(text).not.toContain('secret');
  });

  it('knows a name that is not known', async () => {
    const text = await seen('Redis', { REDIS_URL: 'redis://redis.invalid:6379' });
    expect(text).toContain('redis.invalid:6379: this name is not known');
  });

  it('leaves no socket open to something that says nothing', async () => {
    const port = await freePort();
    const sockets = new Set<net.Socket>();
    const silence = net.createServer((socket) => {
      sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)));
      socket.resume();
    });
    listeners.push(silence);
    await new Promise<void>((resolve) => silence.listen(port, '127.0.0.1', resolve));
    const url = `nats://127.0.0.1:${port}`;
    const text = await seen('NATS', { DATABASE_URL: nowhere, NATS_URL: url });
    expect(text).toMatch(/^FAIL {2}NATS {2}.*it says nothing/);
    await expect.poll(() => sockets.size).toBe(0);
  });

  it('does not take something else for a service', async () => {
    const port = await freePort();
    const parrot = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.write('220 mail at your service\r\n');
      socket.end();
    });
    listeners.push(parrot);
    await new Promise<void>((resolve) => parrot.listen(port, '127.0.0.1', resolve));
    const place = `127.0.0.1:${port}`;
    const environment = {
      DATABASE_URL: `postgres://ana@${place}/sales`,
      REDIS_URL: `redis://${place}`,
      NATS_URL: `nats://${place}`,
      RABBITMQ_URL: `amqp://${place}`,
    };
    for (const name of ['PostgreSQL', 'Redis', 'NATS', 'RabbitMQ']) {
      expect(await seen(name, environment)).toMatch(new RegExp(`^FAIL {2}${name} {2}${place}: `));
    }
  });
});

if (findProgram('redis-server') === undefined || findProgram('nats-server') === undefined) {
  skipBecause('The doctor, of Redis and NATS', 'they are not installed');
} else {
  describe('The doctor, of Redis and NATS', () => {
    it('is content with what works', async () => {
      const options = { mayInstall, password: 'open sesame' };
      const { url: REDIS_URL } = await started(startRedis(options));
      const { url: NATS_URL } = await started(startNats(options));
      const environment = { REDIS_URL, NATS_URL, DATABASE_URL: 'postgres://a@127.0.0.1:1/a' };
      expect(await seen('Redis', environment)).toMatch(/^ok {2}Redis {2}\d+\./);
      expect(await seen('Redis memory', environment)).toMatch(/^ok .*no limit/);
      expect(await seen('NATS', environment)).toMatch(/^ok {2}NATS {2}\d+\./);
    });

    it.each(['wrong', ''])('knows a Redis that does not let in who says "%s"', async (password) => {
      const server = await started(startRedis({ mayInstall, password: 'open sesame' }));
      const url = new URL(server.url);
      url.password = password;
      const text = await seen('Redis', { REDIS_URL: url.href });
      expect(text).toMatch(/^FAIL {2}Redis {2}127\.0\.0\.1:\d+: (WRONGPASS|NOAUTH)/);
      expect(text).toContain('→ correct user and password in REDIS_URL');
    });

    it('warns of a Redis that refuses when it is full', async () => {
      const settings = { maxmemory: '64mb' };
      const { url: REDIS_URL } = await started(startRedis({ mayInstall, settings }));
      expect(await seen('Redis memory', { REDIS_URL })).toMatch(/^warn .*64.*noeviction/);
    });

    it('refuses a Redis that takes no writes', async () => {
      const first = await started(startRedis({ mayInstall }));
      const settings = { replicaof: `127.0.0.1 ${first.port}` };
      const { url: REDIS_URL } = await started(startRedis({ mayInstall, settings }));
      expect(await seen('Redis', { REDIS_URL })).toContain('FAIL  Redis  this is a replica');
    });

    it('refuses a NATS that carries too little, and one that does not let us in', async () => {
      const DATABASE_URL = 'postgres://a@127.0.0.1:1/a';
      const settings = { max_payload: '64KB' };
      const small = await started(startNats({ mayInstall, settings }));
      expect(await seen('NATS', { NATS_URL: small.url, DATABASE_URL })).toContain('65536 bytes');
      const closed = await started(startNats({ mayInstall, password: 'open sesame' }));
      const NATS_URL = `nats://127.0.0.1:${closed.port}`;
      const text = await seen('NATS', { NATS_URL, DATABASE_URL });
      expect(text).toContain('→ correct user and password in NATS_URL');
    });
  });
}

if ((await findPostgres()) === undefined) {
  skipBecause('The doctor, of PostgreSQL', 'it is not installed');
} else {
  describe('The doctor, of PostgreSQL', () => {
    let server: PrivatePostgres;
    let url: string;
    beforeAll(async () => {
      server = await startPostgres({ mayInstall, password: 'open sesame' });
      url = (await createDatabase(server.url, '')).url;
      const open = openPg(url);
      await migrate(open.database, migrations);
      await open.close();
    });
    afterAll(() => server.remove());

    const look = (name: string, more: Environment = {}) =>
      seen(name, { DATABASE_URL: url, ...more });

    it('is content with what works', async () => {
      expect(await look('PostgreSQL')).toMatch(/^ok {2}PostgreSQL {2}\d+/);
      expect(await look('PostgreSQL schema')).toMatch(/^ok {2}.*at (\d+) of \1$/);
      expect(await look('PostgreSQL durability')).toMatch(/^ok .*fsync and full_page_writes on/);
      expect(await look('PostgreSQL clock')).toMatch(/^ok .* ms (behind|ahead of) this machine$/);
      expect(await look('PostgreSQL connections')).toMatch(/^ok .*\d+ of 100 are free/);
      expect(await look('other nodes')).toBe('ok  other nodes  none is alive');
    });

    it.each([
      ['password', 'wrong', 'authentication failed', '→ correct the password in DATABASE_URL'],
      ['pathname', '/nowhere', 'does not exist', '→ createdb nowhere'],
      ['username', 'nobody', 'authentication failed', '→ correct the password'],
    ] as const)('says that the %s is wrong', async (part, value, words, next) => {
      const wrong = new URL(url);
      wrong[part] = value;
      const text = await seen('PostgreSQL', { DATABASE_URL: wrong.href });
      expect(text).toContain('FAIL');
      expect(text).toContain(words);
      expect(text).toContain(next);
    });

    it('knows an empty database, an older, a newer and a changed one', async () => {
      const { url: other } = await createDatabase(server.url, '');
      const schema = () => seen('PostgreSQL schema', { DATABASE_URL: other });
      expect(await schema()).toContain('warn  PostgreSQL schema  the database is empty');
      const open = openPg(other);
      await migrate(open.database, migrations);
      await open.close();
      const change = (text: string) => ask(other, text);
      await change(`update migration set checksum = 'x' where version = 1`);
      expect(await schema()).toContain('is not the file that was applied');
      await change('drop table migration');
      expect(await schema()).toContain('empty');
      await change('create table migration (version integer, name text, checksum text)');
      const { rows } = await query(url, 'select checksum from migration order by version');
      const insert = (version: number, checksum: string) =>
        change(`insert into migration values (${version}, 'the_${version}', '${checksum}')`);
      await insert(1, rows[0].checksum);
      expect(await schema()).toContain(`at 1 of ${rows.length}`);
      for (const [index, { checksum }] of rows.slice(1).entries())
        await insert(index + 2, checksum);
      await insert(rows.length + 1, 'x');
      expect(await schema()).toContain(`the_${rows.length + 1} was applied by a later version`);
    });

    it('warns of a clock that is late, and refuses a wrong one', async () => {
      const now = Date.now();
      vi.useFakeTimers({ toFake: ['Date'], now: now + 2_000 });
      expect(await look('PostgreSQL clock')).toMatch(/^warn .* behind this machine/);
      vi.setSystemTime(now - 60 * 60 * 1000);
      expect(await look('PostgreSQL clock')).toMatch(/^FAIL .* ahead of this machine/);
    });

    it('sees the nodes that are alive', async () => {
      const lease = (name: string, interval: string) =>
        ask(
          url,
          `insert into node_lease (node, name, has_actors, is_leaving, expires_at) values
             (gen_random_uuid(), '${name}', true, false, clock_timestamp() + '${interval}')`,
        );
      await lease('one', '1 minute');
      await lease('two', '-1 second');
      const nats = { NATS_URL: 'nats://127.0.0.1:1' };
      expect(await look('other nodes', { NODE_NAME: 'two', ...nats })).toContain('ok');
      expect(await look('other nodes', { NODE_NAME: 'two', ...nats })).toContain('alive: one');
      expect(await look('other nodes', { NODE_NAME: 'two' })).toContain('FAIL');
      expect(await look('other nodes', { NODE_NAME: 'one', ...nats })).toContain('is alive: is');
      await ask(url, 'delete from node_lease');
    });

    it('warns of too few connections', async () => {
      const small = await started(
        startPostgres({ mayInstall, settings: { max_connections: '12' } }),
      );
      const text = await seen('PostgreSQL connections', { DATABASE_URL: small.url });
      expect(text).toMatch(/^warn .* of 12 are free/);
    });

    it.each([
      ['fsync', 'off', 'PostgreSQL durability', 'FAIL', 'a power cut loses what was sold'],
      ['full_page_writes', 'off', 'PostgreSQL durability', 'warn', 'may tear pages'],
      ['synchronous_commit', 'off', 'PostgreSQL durability', 'warn', 'synchronous_commit is off'],
      ['synchronous_standby_names', '', 'PostgreSQL standbys', 'warn', 'no commit waits for'],
      ['synchronous_standby_names', 'x', 'PostgreSQL standbys', 'FAIL', 'nothing can be sold'],
    ])('says what it means that %s is "%s"', async (setting, value, name, verdict, words) => {
      await ask(server.url, `alter system set ${setting} = '${value}'`);
      await ask(server.url, 'select pg_reload_conf()');
      await expect.poll(() => look(name)).toContain(words);
      expect(await look(name)).toContain(verdict);
      await ask(server.url, `alter system reset ${setting}`);
      await ask(server.url, 'select pg_reload_conf()');
    });

    it('knows a standby, what it lacks, and who is none', async () => {
      const standby = await started(startStandby(server, { name: 'second' }));
      const asPrimary = await seen('PostgreSQL', { DATABASE_URL: standby.url });
      expect(asPrimary).toContain('FAIL  PostgreSQL  this is a standby, and takes no writes');
      const replicas = { DATABASE_REPLICA_URLS: `${standby.url},${url}` };
      expect(await look('replica 1', replicas)).toMatch(/^ok {2}replica 1 {2}follows, \d+ bytes/);
      expect(await look('replica 2', replicas)).toContain('FAIL  replica 2  this is no standby');
      await ask(standby.url, 'select pg_wal_replay_pause()');
      await ask(url, `select pg_logical_emit_message(false, 'x', repeat('x', 50000000))`);
      expect(await look('replica 1', replicas)).toMatch(/^warn {2}replica 1 {2}is \d\d MB behind/);
      await ask(server.url, `alter system set synchronous_standby_names = 'second'`);
      await ask(server.url, 'select pg_reload_conf()');
      await expect.poll(() => look('PostgreSQL standbys')).toContain('commits wait for second, 1');
      await ask(server.url, 'alter system reset synchronous_standby_names');
      await ask(server.url, 'select pg_reload_conf()');
    });
  });
}

async function ask(url: string, text: string): Promise<void> {
  await query(url, text);
}

async function query(url: string, text: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    return await client.query(text);
  } finally {
    await client.end();
  }
}
