import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { PrivateDirectory } from '../../scripts/private-directory.ts';
import { startNginx } from '../../scripts/private-nginx.ts';
import { findPostgres, startPostgres, startStandby } from '../../scripts/private-postgres.ts';
import type { PrivateServer } from '../../scripts/private-process.ts';
import { findProgram } from '../../scripts/private-programs.ts';
import { startRedis } from '../../scripts/private-redis.ts';
import { skipBecause } from '../setup/skip-because.ts';

const servers: PrivateServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0).reverse()) await server.remove();
});

/** Removed after the test, in the opposite order. */
async function started<T extends PrivateServer>(starting: Promise<T>): Promise<T> {
  const server = await starting;
  servers.push(server);
  return server;
}

const mayInstall = false;

if ((await findPostgres()) === undefined)
  skipBecause('A private PostgreSQL', 'it is not installed');
else {
  describe('A private PostgreSQL', () => {
    it('keeps its data when it is killed and started again, and leaves none at the end', async () => {
      const server = await started(startPostgres({ mayInstall }));
      await ask(server.url, 'create table kept as select 7 as answer');
      const { pid, directory } = server;
      await server.kill();
      expect(isRunning(pid)).toBe(false);
      await server.start();
      expect(server.pid).not.toBe(pid);
      expect(await ask(server.url, 'select answer from kept')).toBe('7');
      expect(await ask(server.url, `select current_setting('data_directory')`)).toBe(directory);
      await server.remove();
      expect(existsSync(directory)).toBe(false);
    });

    it('works in a directory that it is given, with settings, and lets in who knows', async () => {
      const directory = await mkdtemp(path.join(tmpdir(), 'ingressou-given-'));
      const settings = { log_line_prefix: `it's %p ` };
      const lines: string[] = [];
      const onLog = (line: string) => lines.push(line);
      const options = { mayInstall, directory, settings, password: 'open sesame', onLog };
      const server = await started(startPostgres(options));
      expect(await ask(server.url, 'show log_line_prefix')).toBe(`it's %p `);
      expect(await ask(server.url, 'show data_directory')).toBe(directory);
      expect(lines.at(-1)).toContain('ready to accept connections');
      const stranger = new URL(server.url);
      stranger.password = 'wrong';
      await expect(ask(stranger.href, 'select 1')).rejects.toThrow('authentication failed');
      await server.remove();
      expect(existsSync(directory)).toBe(true);
      await rm(directory, { recursive: true });
    });

    it('has a standby that follows it and takes its place', async () => {
      const primary = await started(startPostgres({ mayInstall, password: 'open sesame' }));
      const standby = await started(startStandby(primary, { name: 'second' }));
      await ask(primary.url, `alter system set synchronous_standby_names = 'second'`);
      await ask(primary.url, 'alter system set synchronous_commit = remote_apply');
      await ask(primary.url, 'select pg_reload_conf()');
      await expect.poll(() => ask(primary.url, replication)).toBe('second sync');
      await ask(primary.url, 'create table kept as select 7 as answer');
      await primary.kill();
      await standby.promote();
      expect(await ask(standby.url, 'select pg_is_in_recovery()')).toBe('false');
      await ask(standby.url, 'update kept set answer = 8');
      expect(await ask(standby.url, 'select answer from kept')).toBe('8');
    });
  });
}

const replication = `select application_name || ' ' || sync_state from pg_stat_replication`;

if (findProgram('redis-server') === undefined) {
  skipBecause('A private Redis', 'it is not installed');
} else {
  describe('A private Redis', () => {
    it('can be ended while it is stopped', async () => {
      const server = await started(startRedis({ mayInstall }));
      process.kill(server.pid, 'SIGSTOP');
      await server.stop();
      expect(isRunning(server.pid)).toBe(false);
    });

    it('lets in who knows its password', async () => {
      const server = await started(startRedis({ mayInstall, password: 'a b/c' }));
      const redis = new Redis(server.url);
      expect(await redis.ping()).toBe('PONG');
      redis.disconnect();
    });

    it('says why it does not start', async () => {
      const { port } = await started(startRedis({ mayInstall }));
      await expect(startRedis({ mayInstall, port })).rejects.toThrow('redis-server did not start');
    });
  });
}

if (inject('nginx') === undefined) skipBecause('A private nginx', inject('nginxMissing')!);
else {
  describe('A private nginx', () => {
    it('serves its configuration, and another one after that', async () => {
      const saying = (word: string) => (place: { port: number }) =>
        `events {} http { server { listen 127.0.0.1:${place.port}; return 200 ${word}; } }`;
      const server = await started(startNginx({ config: saying('one') }));
      const answer = async () => await (await fetch(server.url)).text();
      expect(await answer()).toBe('one');
      await server.reload(saying('two'));
      await expect.poll(answer).toBe('two');
    });
  });
}

describe('A private directory', () => {
  it('is not deleted when it has become somebody else’s', async () => {
    const directory = await PrivateDirectory.make('test');
    const mark = path.join(directory.path, '.made-by-ingressou');
    const ours = await readFile(mark);
    await writeFile(mark, 'somebody else');
    await expect(directory.remove()).rejects.toThrow('is not ours');
    expect(existsSync(mark)).toBe(true);
    await writeFile(mark, ours);
    await directory.remove();
    expect(existsSync(directory.path)).toBe(false);
  });
});

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

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
