import pg from 'pg';
import { describe, expect, inject, it } from 'vitest';
import { NoPostgresError } from '../../scripts/private-postgres.ts';
import { openServices } from '../../scripts/services.ts';
import { openPostgres } from '../../scripts/test-postgres.ts';

describe('The services of a test run', () => {
  it('lack a browser, and say so, where TEST_BROWSER names none', async () => {
    const { browser, missing, close } = await openServices({ TEST_BROWSER: '/nowhere' });
    await close();
    expect(browser).toBeUndefined();
    expect(missing.map(({ name }) => name)).toContain('browser');
  });

  it('get a database of their own, which is gone afterwards', async (context) => {
    const TEST_DATABASE_URL = inject('postgresUrl');
    if (TEST_DATABASE_URL === undefined) return context.skip(inject('postgresMissing'));
    const { postgres, missing, close } = await openServices({ TEST_DATABASE_URL });
    expect(missing.filter(({ name }) => name === 'postgres')).toEqual([]);
    const text = 'select current_database() as answer';
    expect(`/${await ask(postgres!.url, text)}`).toBe(new URL(postgres!.url).pathname);
    expect(postgres?.url).not.toBe(TEST_DATABASE_URL);
    await close();
    await expect(ask(postgres!.url, text)).rejects.toThrow('does not exist');
  });

  it('are missing, with the reason and the next command, where nothing answers', async () => {
    const TEST_DATABASE_URL = 'postgres://postgres@127.0.0.1:1/postgres';
    const { postgres, missing } = await openServices({ TEST_DATABASE_URL });
    expect(postgres).toBeUndefined();
    const [lack] = missing.filter(({ name }) => name === 'postgres');
    expect(lack?.next).toBe('unset TEST_DATABASE_URL');
    expect(lack?.why).toContain('ECONNREFUSED');
  });

  it('start a private server where none answers and one is installed', async (context) => {
    const postgres = await openPostgres({ PGPORT: '1' }).catch((error: unknown) => error);
    if (postgres instanceof NoPostgresError) return context.skip(postgres.message);
    if (postgres instanceof Error) throw postgres;
    const { url, close } = postgres as Awaited<ReturnType<typeof openPostgres>>;
    expect(Number(new URL(url).port)).toBeLessThan(32_768);
    const directory = await ask(url, `select current_setting('data_directory') as answer`);
    expect(directory).toContain('ingressou-postgres-');
    expect(await ask(url, `select current_setting('listen_addresses') as answer`)).toBe(
      '127.0.0.1',
    );
    await close();
    await expect(ask(url, 'select 1 as answer')).rejects.toThrow('ECONNREFUSED');
  });
});

async function ask(url: string, text: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query(text)).rows[0].answer;
  } finally {
    await client.end();
  }
}
