import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { ConfigError, describeVariables, readConfig } from './config.ts';

describe('a configuration', () => {
  it('is complete without any variable: one process that does everything, embedded', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      databaseUrl: undefined,
      redisUrl: undefined,
      natsUrl: undefined,
    });
    expect([...config.roles]).toEqual(['gateway', 'actors', 'workers']);
    expect(config.nodeName).toBe(`${hostname()}:8080`);
    expect([config.hasDevTokens, config.hasDemoShow]).toEqual([true, true]);
  });

  it('gives no tokens and makes no show once a database is named', () => {
    const config = readConfig({ DATABASE_URL: 'postgres://localhost/tickets' });
    expect([config.hasDevTokens, config.hasDemoShow]).toEqual([false, false]);
  });

  it('reads lists with blanks and empty places', () => {
    const config = readConfig({
      DATABASE_URL: 'postgres://primary/tickets',
      DATABASE_REPLICA_URLS: ' postgres://one/tickets, postgres://two/tickets ,',
      NATS_URL: 'nats://bus:4222',
      ROLES: 'gateway, workers',
    });
    expect(config.databaseReplicaUrls).toEqual([
      'postgres://one/tickets',
      'postgres://two/tickets',
    ]);
    expect([...config.roles]).toEqual(['gateway', 'workers']);
  });

  it.each([
    ['DATABASE_URL', 'localhost:5432', 'postgres://'],
    ['DATABASE_URL', 'mysql://localhost/tickets', 'postgres://'],
    ['DATABASE_REPLICA_URLS', 'postgres://one/t,nonsense', 'postgres://'],
    ['REDIS_URL', 'localhost:6379', 'redis://'],
    ['NATS_URL', 'http://bus:4222', 'nats://'],
    ['ROLES', 'gateway,actor', 'gateway,actors,workers'],
    ['ROLES', ' ', 'gateway,actors,workers'],
    ['CLUSTER_PREFIX', 'Wrong.Prefix', 'small letter'],
    ['PORT', '70000', 'Invalid port'],
    ['SNAPSHOT_SECONDS', '0', 'above 0'],
  ])('with %s=%s is refused, and says what is wrong', (name, value, hint) => {
    expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => readConfig({ [name]: value })).toThrow(name);
    expect(() => readConfig({ [name]: value })).toThrow(hint);
  });

  it.each([
    ['a bus without a shared database', { NATS_URL: 'nats://bus:4222' }, 'set DATABASE_URL too'],
    ['replicas of nothing', { DATABASE_REPLICA_URLS: 'postgres://one/t' }, 'their primary'],
    ['a gateway to nowhere', { ROLES: 'gateway' }, 'needs NATS_URL'],
  ])('of %s is refused', (_name, environment, hint) => {
    expect(() => readConfig(environment)).toThrow(hint);
  });

  it('names every problem at once', () => {
    const read = () => readConfig({ REDIS_URL: 'x', NATS_URL: 'y', PORT: 'z' });
    for (const name of ['REDIS_URL', 'NATS_URL', 'PORT']) expect(read).toThrow(name);
  });

  it('lists every variable for the help', () => {
    for (const name of ['ROLES', 'NATS_URL', 'DATABASE_REPLICA_URLS']) {
      expect(describeVariables()).toContain(name);
    }
  });
});
