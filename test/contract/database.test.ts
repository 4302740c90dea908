import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  ConnectionLostError,
  type Database,
  DatabaseUnavailableError,
  type OpenDatabase,
  StatementError,
} from '../../src/store/database.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { TcpProxy } from '../setup/tcp-proxy.ts';
import { describeDatabase } from './database.ts';

describeDatabase('PGlite', () => openPglite());

const url = inject('postgresUrl');
if (url === undefined) skipBecause('pg', inject('postgresMissing') ?? 'no PostgreSQL');
else {
  describeDatabase('pg', async () => openPg(url));
  describePg(url);
}

/** What only a server that is somewhere else can show. */
function describePg(postgresUrl: string): void {
  describe('pg, as a server somewhere else', () => {
    const broken: unknown[] = [];
    let proxy: TcpProxy;
    let open: OpenDatabase;

    beforeAll(async () => {
      proxy = new TcpProxy(postgresUrl);
      const options = { node: 'a-node', onIdleError: (cause: unknown) => broken.push(cause) };
      open = openPg(await proxy.open(), options);
    });
    afterAll(async () => {
      await open.close();
      await proxy.close();
    });

    const one = { name: 'one', text: 'select 1 as one' };

    const settingsOf = async (database: Database): Promise<Record<string, unknown>> => {
      const text = `select name, setting from pg_settings where name in ('application_name',
        'synchronous_commit', 'lock_timeout', 'statement_timeout',
        'idle_in_transaction_session_timeout')`;
      const rows = await database.query({ name: 'settings', text }, []);
      return Object.fromEntries(rows.map(({ name, setting }) => [String(name), setting]));
    };

    it.each([
      ['nothing', {}],
      ['names', { application_name: 'theirs', fallback_application_name: 'theirs' }],
      ['patience', { lock_timeout: '0', statement_timeout: '1', query_timeout: '1' }],
      ['idleness', { idle_in_transaction_session_timeout: '0' }],
      ['options', { options: '-c synchronous_commit=off -c statement_timeout=9 -c geqo=off' }],
    ])('gives connections their settings where the URL gives %s', async (_what, given) => {
      const url = new URL(postgresUrl);
      for (const [name, value] of Object.entries(given)) url.searchParams.set(name, value);
      const own = openPg(url.href, { node: 'a-node', journals: 1 });
      expect(await settingsOf(own.journals[0])).toEqual({
        application_name: 'actor:a-node',
        synchronous_commit: 'on',
        lock_timeout: '250',
        statement_timeout: '0',
        idle_in_transaction_session_timeout: '1000',
      });
      const general = await settingsOf(own.database);
      expect(general).toMatchObject({ application_name: 'ingressou', lock_timeout: '6000' });
      // What else is given holds on every connection.
      const geqo = { name: 'geqo', text: `select current_setting('geqo') as geqo` };
      const expected = [{ geqo: 'options' in given ? 'off' : 'on' }];
      expect(await own.journals[0].query(geqo, [])).toEqual(expected);
      expect(await own.database.query(geqo, [])).toEqual(expected);
      await own.close();
    });

    it('says that nothing was sent when no server answers', async () => {
      const closed = new TcpProxy(postgresUrl);
      const nowhere = openPg(await closed.open());
      await closed.close();
      await expect(nowhere.database.query(one, [])).rejects.toThrow(DatabaseUnavailableError);
      await expect(nowhere.journals[0].query(one, [])).rejects.toThrow(DatabaseUnavailableError);
      await nowhere.close();
    });

    it('says that nothing was sent when the server refuses the connection', async () => {
      const other = new URL(postgresUrl);
      other.pathname = '/no_such_database';
      const nowhere = openPg(other.href);
      await expect(nowhere.database.query(one, [])).rejects.toThrow(DatabaseUnavailableError);
      await nowhere.close();
    });

    it('says lost when the connection breaks before the reply, and works on', async () => {
      for (const database of [open.database, open.journals[0]]) {
        await database.query(one, []);
        proxy.fault = 'cut_reply';
        await expect(database.query(one, [])).rejects.toThrow(ConnectionLostError);
        expect(await database.query(one, [])).toEqual([{ one: 1 }]);
      }
    });

    it('says lost when the connection breaks while large columns come, and works on', async () => {
      const copies = { one: 'int8' } as const;
      const large = { name: 'large', text: 'select 1::bigint as one', copies };
      await open.database.query(large, []);
      proxy.fault = 'cut_reply';
      await expect(open.database.query(large, [])).rejects.toThrow(ConnectionLostError);
      expect(await open.database.query(large, [])).toEqual([{ one: 1 }]);
    });

    it('says lost when the server ends the connection under the statement', async () => {
      const suicide = { name: 'end', text: 'select pg_terminate_backend(pg_backend_pid())' };
      await expect(open.database.query(suicide, [])).rejects.toThrow(ConnectionLostError);
      expect(await open.database.query(one, [])).toEqual([{ one: 1 }]);
    });

    it('says lost when the connection breaks before a commit is answered', async () => {
      const work = open.database.transaction(async (session) => {
        await session.query(one, []);
        proxy.fault = 'cut_reply';
      });
      await expect(work).rejects.toThrow(ConnectionLostError);
    });

    it('takes no reply of a journal connection that comes with a warning', async () => {
      const text = `create or replace function pg_temp.warn() returns integer language plpgsql
        as $$ begin raise warning 'not replicated'; return 1; end $$`;
      await open.journals[1]!.query({ name: 'function', text });
      const warned = open.journals[1]!.query({ name: 'warn', text: 'select pg_temp.warn()' }, []);
      await expect(warned).rejects.toThrow(ConnectionLostError);
      expect(await open.journals[1]!.query(one, [])).toEqual([{ one: 1 }]);
    });

    it('ends the wait for a lock on a journal connection', async () => {
      await open.database.transaction(async (session) => {
        await session.query({ name: 'lock', text: 'select pg_advisory_xact_lock(4242)' }, []);
        const waits = open.journals[2]!.query(
          { name: 'lock', text: 'select pg_advisory_xact_lock(4242)' },
          [],
        );
        await expect(waits).rejects.toThrow(StatementError);
        await expect(waits).rejects.toMatchObject({ code: '55P03' });
      });
    });

    it('has no statement wait for a lock at the server when nobody waits for its reply', async () => {
      const lock = { name: 'lock_long', text: 'select pg_advisory_xact_lock(4243)' };
      const text = `select pid from pg_locks where locktype = 'advisory' and objid = 4243
        and not granted and database = (select oid from pg_database
          where datname = current_database())`;
      const waiting = () => open.journals[0].query({ name: 'waiting', text }, []);
      await open.database.transaction(async (session) => {
        await session.query(lock, []);
        const waits = open.database.query(lock, []);
        await expect.poll(waiting).toHaveLength(1);
        await expect(waits).rejects.toThrow(ConnectionLostError);
        await expect.poll(waiting, { timeout: 4_000 }).toEqual([]);
      });
    });

    it('tells of idle connections that broke, and replaces them', async () => {
      await open.journals[0].query(one, []);
      const before = broken.length;
      proxy.cut();
      await expect.poll(() => broken.length).toBeGreaterThan(before);
      expect(await open.journals[0].query(one, [])).toEqual([{ one: 1 }]);
    });
  });
}
