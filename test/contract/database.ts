import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Columns,
  type Database,
  DatabaseUnavailableError,
  type OpenDatabase,
  StatementError,
} from '../../src/store/database.ts';

/** What every Database promises. An adapter is done when this passes. */
export function describeDatabase(name: string, open: () => Promise<OpenDatabase>): void {
  describe(`${name} keeps the Database contract`, () => {
    let opened: OpenDatabase;
    let database: Database;
    let table: string;

    beforeAll(async () => {
      opened = await open();
      database = opened.database;
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      table = `things_${randomUUID().replaceAll('-', '')}`;
      await database.query({
        name: 'create',
        text: `create table ${table} (id bigint primary key)`,
      });
    });

    const insert = () => ({ name: `insert_${table}`, text: `insert into ${table} values ($1)` });
    const ids = async (): Promise<unknown[]> => {
      const text = `select id from ${table} order by id`;
      const rows = await database.query({ name: `ids_${table}`, text }, []);
      return rows.map(({ id }) => id);
    };

    it('gives numbers, bytes, texts and nothing as they went in', async () => {
      const text = `select $1::bigint as number, $2::bytea as bytes, $3::text as text,
        $4::boolean as truth, $5::uuid as nothing`;
      const bytes = new Uint8Array([0, 255, 92, 0]);
      const values = [Number.MAX_SAFE_INTEGER, bytes, 'São Paulo ✓', true, null] as const;
      const [row] = await database.query({ name: 'values', text }, values);
      expect(row).toMatchObject({
        number: Number.MAX_SAFE_INTEGER,
        text: 'São Paulo ✓',
        truth: true,
        nothing: null,
      });
      expect(new Uint8Array(row?.bytes as Uint8Array)).toEqual(bytes);
    });

    it('gives large columns as they are, whichever way they come', async () => {
      const statement = {
        name: 'large',
        text: `select $1::uuid as id, n as number, decode(repeat(md5(n::text), 4000), 'hex') as bytes
          from generate_series($2::bigint, $3::bigint) as n order by n`,
      };
      const copies = { id: 'uuid', number: 'int8', bytes: 'bytea' } as const;
      const id = randomUUID();
      for (const last of [9, 0]) {
        const values = [id, 1, last];
        const rows = await database.query(statement, values);
        const copied = await database.query({ ...statement, name: 'copied', copies }, values);
        const plain = (columns: Columns) => ({
          ...columns,
          bytes: Buffer.from(columns.bytes as Uint8Array),
        });
        expect(copied.map(plain)).toEqual(rows.map(plain));
        expect(rows).toHaveLength(last);
      }
    });

    it('says why a statement with large columns was refused, and works on', async () => {
      const copies = { number: 'int8' } as const;
      const text = 'select 1 / $1::bigint as number';
      const refused = database.query({ name: 'refused', text, copies }, [0]);
      await expect(refused).rejects.toThrow(StatementError);
      await expect(refused).rejects.toMatchObject({ code: '22012' });
      const one = database.query({ name: 'refused', text, copies }, [1]);
      expect(await one).toEqual([{ number: 1 }]);
    });

    it('runs a script of several statements', async () => {
      await database.query({
        name: 'script',
        text: `insert into ${table} values (1); insert into ${table} values (2); -- done`,
      });
      expect(await ids()).toEqual([1, 2]);
    });

    it('says why a statement was refused, and works on', async () => {
      await database.query(insert(), [1]);
      const refused = database.query(insert(), [1]);
      await expect(refused).rejects.toThrow(StatementError);
      await expect(refused).rejects.toMatchObject({ code: '23505' });
      await database.query(insert(), [2]);
      expect(await ids()).toEqual([1, 2]);
    });

    it('keeps what a transaction did, and returns what its work returned', async () => {
      const result = await database.transaction(async (session) => {
        await session.query(insert(), [1]);
        await session.query(insert(), [2]);
        return 'done';
      });
      expect(result).toBe('done');
      expect(await ids()).toEqual([1, 2]);
    });

    it('keeps nothing of a transaction whose work throws', async () => {
      const work = database.transaction(async (session) => {
        await session.query(insert(), [1]);
        throw new RangeError('no');
      });
      await expect(work).rejects.toThrow(RangeError);
      expect(await ids()).toEqual([]);
    });

    it('throws when the work of a transaction swallowed a failure, and keeps nothing', async () => {
      const work = database.transaction(async (session) => {
        await session.query(insert(), [1]);
        await session.query(insert(), [1]).catch(() => {});
      });
      await expect(work).rejects.toThrow(StatementError);
      expect(await ids()).toEqual([]);
    });

    it('keeps transactions apart that run at the same time', async () => {
      const add = (id: number) =>
        database.transaction(async (session) => {
          await session.query(insert(), [id]);
          if (id % 2 === 0) throw new RangeError('even');
        });
      await Promise.allSettled([1, 2, 3, 4, 5].map(add));
      expect(await ids()).toEqual([1, 3, 5]);
    });

    it('says that nothing was sent once it is closed', async () => {
      const other = await open();
      await other.close();
      const sent = [
        other.database.query(insert(), [1]),
        other.database.transaction((session) => session.query(insert(), [1])),
        other.journals[0].query(insert(), [1]),
      ];
      for (const result of sent) await expect(result).rejects.toThrow(DatabaseUnavailableError);
    });
  });
}
