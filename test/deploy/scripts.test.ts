import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { mayInstall } from '../../scripts/debian-packages.ts';
import { freePort } from '../../scripts/free-port.ts';
import {
  findPostgres,
  type PrivatePostgres,
  serverUser,
  startPostgres,
} from '../../scripts/private-postgres.ts';
import { programOf } from '../../scripts/private-programs.ts';
import { readConfig } from '../../src/config.ts';
import { simulatorKeys } from '../../src/payments/simulator/simulator.ts';
import { openMasterKey } from '../../src/store/data-keys.ts';
import { openSigningKey } from '../../src/transport/access-tokens.ts';
import { skipBecause } from '../setup/skip-because.ts';

const execute = promisify(execFile);
const root = path.join(import.meta.dirname, '../..');
const deploy = path.join(root, 'deploy');

let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'ingressou-deploy-'));
  // What stands for the secrets of a container is read by the database's user too.
  await chmod(home, 0o755);
});
afterAll(() => rm(home, { recursive: true, force: true }));

const openssl = await programOf('openssl', 'openssl', mayInstall(process.env)).catch(String);
if (openssl.includes('NoServiceError')) skipBecause('The secrets', openssl);
else
  describe('The secrets', () => {
    let secrets: string;
    const make = () => execute('sh', [path.join(secrets, 'make.sh')]);
    const content = (name: string) => readFile(path.join(secrets, name), 'utf8');

    beforeAll(async () => {
      secrets = path.join(home, 'secrets');
      await cp(path.join(deploy, 'secrets/make.sh'), path.join(secrets, 'make.sh'));
      await make();
    });

    it('are all that the deployment needs', async () => {
      const compose = parse(await readFile(path.join(root, 'docker-compose.yml'), 'utf8'));
      const files = Object.values<{ file: string }>(compose.secrets).map(({ file }) => file);
      for (const file of files) {
        expect(path.dirname(file)).toBe('deploy/secrets');
        expect(await content(path.basename(file)), file).not.toBe('');
      }
    });

    it('are made once, and each is another', async () => {
      const all = async () => {
        const names = (await readdir(secrets)).sort();
        return await Promise.all(names.map(content));
      };
      const before = await all();
      await make();
      expect(await all()).toEqual(before);
      const passwords = (await readdir(secrets)).filter((name) => name.endsWith('-password'));
      expect(new Set(await Promise.all(passwords.map(content))).size).toBe(passwords.length);
    });

    it('never come into the repository', async () => {
      const ignored = await readFile(path.join(deploy, 'secrets/.gitignore'), 'utf8');
      expect(ignored).toMatch(/^\*$/m);
    });

    it('make a configuration that a node starts with, though the environment shows none', async () => {
      const file = (name: string) => path.join(secrets, name);
      const { stdout } = await execute(
        path.join(deploy, 'with-secrets.sh'),
        [process.execPath, '-p', 'JSON.stringify(process.env)'],
        {
          env: {
            PATH: process.env.PATH,
            DATABASE_URL_FILE: file('database-url'),
            DATABASE_REPLICA_URLS_FILE: file('database-replica-urls'),
            REDIS_URL_FILE: file('redis-url'),
            NATS_URL_FILE: file('nats-url'),
            TOKEN_KEY_FILE: file('token-key.pem'),
            DATA_KEY_FILE: file('data.key'),
            PAGARME_SECRET_KEY_FILE: file('pagarme-secret-key'),
            PAGARME_PUBLIC_KEY_FILE: file('pagarme-public-key'),
            PAGARME_WEBHOOK_USER: 'pagarme',
            PAGARME_WEBHOOK_PASSWORD_FILE: file('webhook-password'),
          },
        },
      );
      const config = readConfig(JSON.parse(stdout));
      expect(config.databaseUrl).toBe(await content('database-url'));
      expect(config.databaseReplicaUrls).toEqual([await content('database-replica-urls')]);
      expect(config.redisUrl).toBe(await content('redis-url'));
      expect(config.natsUrl).toBe(await content('nats-url'));
      expect(config.provider).toMatchObject({
        ...simulatorKeys,
        webhookPassword: (await content('webhook-password')).trim(),
      });
      expect(await openSigningKey(config.tokenKeyFile)).toBeDefined();
      expect(await openMasterKey(config.dataKeyFile)).toBeDefined();
    });

    it('stop a container that misses one', async () => {
      const env = { PATH: process.env.PATH, DATABASE_URL_FILE: '/nowhere' };
      const started = execute(path.join(deploy, 'with-secrets.sh'), ['true'], { env });
      await expect(started).rejects.toThrow('/nowhere');
    });
  });

const programs = await findPostgres();
if (programs === undefined) skipBecause('The scripts of the database', 'it is not installed');
else {
  describe('The scripts of the database', () => {
    let primary: PrivatePostgres;
    let environment: NodeJS.ProcessEnv;
    let replica: ChildProcess | undefined;

    beforeAll(async () => {
      primary = await startPostgres({ mayInstall: false });
      const secrets = path.join(home, 'run');
      await mkdir(secrets);
      await writeFile(path.join(secrets, 'ingressou_password'), 'sale\n');
      await writeFile(path.join(secrets, 'replication_password'), 'copy\n');
      environment = {
        ...process.env,
        PATH: `${programs}:${process.env.PATH}`,
        SECRETS_DIRECTORY: secrets,
        PRIMARY_HOST: '127.0.0.1',
        PGPORT: `${primary.port}`,
      };
    });
    afterEach(async () => {
      if (replica === undefined || replica.exitCode !== null) return;
      const ended = once(replica, 'exit');
      replica.kill('SIGINT');
      await ended;
    });
    afterAll(() => primary.remove());

    it('make a user for the shows, and a replica that follows', async () => {
      const { directory: PGDATA } = primary;
      const settings = { POSTGRES_USER: 'postgres', PGHOST: '127.0.0.1', PGDATA };
      const script = path.join(deploy, 'postgres/primary.sh');
      await execute('sh', [script], { env: { ...environment, ...settings } });
      expect(await readFile(path.join(PGDATA, 'pg_hba.conf'), 'utf8')).toContain('samenet');
      const shows = `postgres://ingressou:sale@127.0.0.1:${primary.port}/ingressou`;
      await ask(shows, 'create table kept as select 7 as answer');
      expect(await ask(shows, 'select rolsuper from pg_roles where rolname = current_user')).toBe(
        'false',
      );

      const port = await follow();
      const copy = `postgres://ingressou:sale@127.0.0.1:${port}/ingressou`;
      const kept = () => ask(copy, 'select answer from kept').catch(String);
      await expect.poll(kept, { timeout: 20_000 }).toBe('7');
      expect(await ask(copy, 'select pg_is_in_recovery()')).toBe('true');
      const name = 'select application_name from pg_stat_replication';
      expect(await ask(shows, name)).toBe('replica');
    });

    /** Runs the replica's script as the image does: as the database's own user. */
    async function follow(): Promise<number> {
      const user = await serverUser();
      const PGDATA = path.join(home, 'replica');
      await mkdir(PGDATA);
      if (user !== undefined) await chown(PGDATA, user.uid, user.gid);
      const port = await freePort();
      const script = path.join(home, 'replica.sh');
      await cp(path.join(deploy, 'postgres/replica.sh'), script);
      const env = { ...environment, PGDATA };
      const options = { ...user, cwd: home, env, stdio: 'ignore' } as const;
      replica = spawn('sh', [script, '-c', `port=${port}`], options);
      return port;
    }
  });
}

async function ask(url: string, text: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query({ text, rowMode: 'array' });
    return String(rows[0]?.[0]);
  } finally {
    await client.end();
  }
}
