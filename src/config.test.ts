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
    ['DATABASE_URL', 'postgres://one/t,postgres://two/t', 'one address'],
    ['DATABASE_URL', 'postgres://one,two/t', 'one host'],
    ['DATABASE_URL', 'postgres:t', 'postgres://'],
    ['DATABASE_URL', 'postgres://ana:50%@one/t', '%25'],
    ['DATABASE_URL', 'postgres://one/t?application_name=x', 'application_name'],
    ['DATABASE_URL', 'postgres://one/t?sslmode=verify-full&lock_timeout=0', 'lock_timeout'],
    ['DATABASE_REPLICA_URLS', 'postgres://one/t,postgres://two/t?query_timeout=1', 'query_timeout'],
    ['REDIS_URL', 'redis://a:6379/0,redis://b:6379/0', 'one address'],
    ['REDIS_URL', ',', 'redis://'],
    ['REDIS_URL', 'redis://:a%zz@one', '%25'],
    ['NATS_URL', 'nats://a:4222,nats://b:4222', 'one address'],
    ['NATS_URL', 'nats://a,b', 'one host'],
    ['NATS_URL', 'nats://ana:50%@bus:4222', '%25'],
    ['NATS_URL', 'nats:4222', 'nats://'],
    ['NATS_URL', 'nats://', 'nats://'],
    ['NATS_URL', ',', 'nats://'],
    ['RABBITMQ_URL', 'amqp://a,amqp://b', 'one address'],
    ['SMTP_URL', 'smtp://a,smtp://b', 'one address'],
    ['PUBLIC_URL', 'https://one,https://two', 'one address'],
    ['ROLES', 'gateway,actor', 'gateway,actors,workers'],
    ['ROLES', ' ', 'gateway,actors,workers'],
    ['CLUSTER_PREFIX', 'Wrong.Prefix', 'small letter'],
    ['PORT', '70000', 'Invalid port'],
    ['SNAPSHOT_SECONDS', '0', 'above 0'],
    ['TURN_LETTERS_MAX', '0.5', '1 or more'],
    ['MAILBOX_LETTERS_MAX', '0', '1 or more'],
    ['SOCKETS_MAX', '-1', '1 or more'],
    ['SOCKETS_PER_SUBJECT_MAX', '1.5', '1 or more'],
    ['SNAPSHOT_FACTS', 'Infinity', '1 or more'],
    ['COMMANDS_BURST', '0.5', '1 or more'],
    ['SCANS_BURST', '0.5', '1 or more'],
    ['FRAMES_BURST', '1e300', '1 or more'],
  ])('with %s=%s is refused, and says what is wrong', (name, value, hint) => {
    expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => readConfig({ [name]: value })).toThrow(name);
    expect(() => readConfig({ [name]: value })).toThrow(hint);
  });

  it('never repeats an address that is wrong: it may have a password', () => {
    for (const value of ['nats://ana:s3cret%@bus', 'nats://ana:s3cret@a,nats://b', 's3cret']) {
      expect(() => readConfig({ NATS_URL: value })).toThrow(/^(?!.*s3cret)/s);
    }
  });

  it.each([
    ['DATABASE_URL', 'postgres://ana:a,b%25@one:5432/t?sslmode=verify-full&options=-c%20geqo=off'],
    ['DATABASE_URL', 'postgresql:///t?host=/var/run/postgresql'],
    ['REDIS_URL', 'rediss://:a,b@one:6380/1'],
    ['RABBITMQ_URL', 'amqps://ana:secret@one/%2F'],
    ['TURN_LETTERS_MAX', '1'],
    ['COMMANDS_PER_SECOND', '0.5'],
  ])('takes %s=%s', (name, value) => {
    expect(() => readConfig({ [name]: value })).not.toThrow();
  });

  it('takes a variable that is empty for one that is not set', () => {
    const names = ['DATABASE_URL', 'DATABASE_REPLICA_URLS', 'REDIS_URL', 'NATS_URL', 'PUBLIC_URL'];
    const config = readConfig(Object.fromEntries(names.map((name) => [name, ' '])));
    expect(config).toMatchObject({
      databaseUrl: undefined,
      databaseReplicaUrls: [],
      redisUrl: undefined,
      natsUrl: undefined,
    });
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

  it('lists every variable for the help, in columns, each with what it means', () => {
    const lines = describeVariables().split('\n');
    const [first = ''] = lines;
    const column = first.indexOf('address to listen on');
    for (const line of lines) {
      expect(line.slice(0, column)).toMatch(/^ {2}[A-Z0-9_]+ {2,}$/);
      expect(line.slice(column)).toMatch(/^[^ (]/);
      expect(line.length, line).toBeLessThanOrEqual(100);
    }
    for (const name of ['ROLES', 'NATS_URL', 'DATABASE_REPLICA_URLS', 'LOG_LEVEL']) {
      expect(lines.some((line) => line.startsWith(`  ${name} `))).toBe(true);
    }
  });
});
