import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import pg from 'pg';
import { describe, expect, inject, it } from 'vitest';
import { NoServiceError } from '../../scripts/private-process.ts';
import { openServices } from '../../scripts/services.ts';
import { openTestNats } from '../../scripts/test-nats.ts';
import { openPostgres } from '../../scripts/test-postgres.ts';
import { openTestRabbitmq } from '../../scripts/test-rabbitmq.ts';
import { openTestRedis } from '../../scripts/test-redis.ts';
import type { TestServer } from '../../scripts/test-server.ts';

/** Nothing listens on port 1. */
const nowhere = {
  TEST_DATABASE_URL: 'postgres://postgres@127.0.0.1:1/postgres',
  TEST_REDIS_URL: 'redis://127.0.0.1:1',
  TEST_NATS_URL: 'nats://127.0.0.1:1',
  TEST_RABBITMQ_URL: 'amqp://127.0.0.1:1',
  TEST_BROWSER: '/nowhere',
};

describe('The services of a test run', () => {
  it('are missing, each with the reason and the next command, where none answers', async () => {
    const { missing, close, nginx, prefix, ...found } = await openServices(nowhere);
    await close();
    expect(Object.values(found).filter(Boolean)).toEqual([]);
    const lacks = missing.filter(({ name }) => name !== 'nginx');
    expect(lacks.map(({ name, next }) => `${name}: ${next}`).sort()).toEqual([
      'browser: unset TEST_BROWSER',
      'nats: unset TEST_NATS_URL',
      'postgres: unset TEST_DATABASE_URL',
      'rabbitmq: unset TEST_RABBITMQ_URL',
      'redis: unset TEST_REDIS_URL',
    ]);
    for (const { name, why } of lacks) {
      expect(why, name).toMatch(/ECONNREFUSED|connection refused|is no program/);
    }
  });

  it('get a database of their own, which is gone afterwards', async (context) => {
    const TEST_DATABASE_URL = inject('postgresUrl');
    if (TEST_DATABASE_URL === undefined) return context.skip(inject('postgresMissing'));
    const { postgres, close } = await openServices({ ...nowhere, TEST_DATABASE_URL });
    const text = 'select current_database() as answer';
    expect(`/${await ask(postgres!.url, text)}`).toBe(new URL(postgres!.url).pathname);
    expect(postgres?.url).not.toBe(TEST_DATABASE_URL);
    await close();
    await expect(ask(postgres!.url, text)).rejects.toThrow('does not exist');
  });

  it('leave no key in Redis, and everybody else’s alone', async (context) => {
    const TEST_REDIS_URL = inject('redisUrl');
    if (TEST_REDIS_URL === undefined) return context.skip(inject('redisMissing'));
    const { prefix, close } = await openServices({ ...nowhere, TEST_REDIS_URL });
    const redis = new Redis(TEST_REDIS_URL);
    const [ours, theirs] = [`${prefix}:key`, `${inject('prefix')}:key`];
    await redis.mset(ours, 'x', theirs, 'x');
    await close();
    expect([await redis.exists(ours), await redis.exists(theirs)]).toEqual([0, 1]);
    redis.disconnect();
  });

  it('get a virtual host of their own, which is gone afterwards', async (context) => {
    const url = inject('rabbitmqUrl');
    if (url === undefined) return context.skip(inject('rabbitmqMissing'));
    if (new URL(url).pathname === '') return context.skip('this run’s RabbitMQ is a private one');
    if (process.getuid?.() !== 0) return context.skip('only root may ask which there are');
    const { rabbitmq, prefix, close } = await openServices({ ...nowhere, TEST_RABBITMQ_URL: url });
    expect(new URL(rabbitmq!.url).pathname).toBe(`/${prefix}`);
    expect(await virtualHosts()).toContain(prefix);
    await close();
    expect(await virtualHosts()).not.toContain(prefix);
  });
});

describe('Without a server on its standard port', () => {
  const test = 'ingressou_test_x';
  const ways: readonly [string, Open, Open][] = [
    ['PostgreSQL', () => openPostgres({ PGPORT: '1' }), (url) => openPostgres(named(url))],
    [
      'Redis',
      () => openTestRedis({}, test, 'redis://127.0.0.1:1'),
      (url) => openTestRedis(named(url), test),
    ],
    ['NATS', () => openTestNats({}, 'nats://127.0.0.1:1'), (url) => openTestNats(named(url))],
    [
      'RabbitMQ',
      () => openTestRabbitmq({}, test, 'amqp://127.0.0.1:1'),
      (url) => openTestRabbitmq(named(url), test),
    ],
  ];

  it.for(ways)('a private %s is started, and ended with the run', async (row, context) => {
    const [name, open, openNamed] = row;
    const server = await open('').catch((failure: unknown) => failure);
    if (server instanceof NoServiceError) return context.skip(server.message);
    if (server instanceof Error) throw server;
    const { url, where, close } = server as TestServer;
    expect(Number(new URL(url).port), name).toBeLessThan(32_768);
    expect(where).toContain('private');
    await close();
    await expect(openNamed(url)).rejects.toThrow(/refused/i);
  });
});

type Open = (url: string) => Promise<TestServer>;

/** Only the service that is asked for looks at its variable. */
function named(url: string) {
  return {
    TEST_DATABASE_URL: url,
    TEST_REDIS_URL: url,
    TEST_NATS_URL: url,
    TEST_RABBITMQ_URL: url,
  };
}

async function virtualHosts(): Promise<readonly string[]> {
  const command = promisify(execFile);
  return (await command('rabbitmqctl', ['--quiet', 'list_vhosts'])).stdout.split('\n');
}

async function ask(url: string, text: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query(text)).rows[0].answer;
  } finally {
    await client.end();
  }
}
