import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database, OpenDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { SchemaError } from '../../src/store/migration-files.ts';

const first = ['0001_first.sql', 'create table first (id integer); insert into first values (1);'];
const second = ['0002_second.sql', 'create table second (id integer);'];
const third = ['0003_third.sql', 'create table third (id integer);'];

/** What the migration runner promises on any database. `open` gives one of its own. */
export function describeMigrate(name: string, open: () => Promise<OpenDatabase>): void {
  describe(`Migrations on ${name}`, () => {
    let opened: OpenDatabase;
    let database: Database;
    let directory: string;

    beforeAll(async () => {
      opened = await open();
      database = opened.database;
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      await run('drop schema public cascade; create schema public');
      directory = await mkdtemp(path.join(tmpdir(), 'migrations-'));
      return () => rm(directory, { recursive: true });
    });

    const run = (text: string) => database.query({ name: 'script', text });
    const write = async (...files: string[][]): Promise<void> => {
      for (const [file, text] of files) await writeFile(path.join(directory, file!), text!);
    };
    const tables = async (): Promise<unknown[]> => {
      const text = `select table_name as name from information_schema.tables
        where table_schema = 'public' order by 1`;
      return (await database.query({ name: 'tables', text }, [])).map((row) => row.name);
    };

    it('applies what is new, in order, and nothing twice', async () => {
      await write(first, second);
      expect(await migrate(database, directory)).toEqual(['0001_first.sql', '0002_second.sql']);
      await write(third);
      expect(await migrate(database, directory)).toEqual(['0003_third.sql']);
      expect(await migrate(database, directory)).toEqual([]);
      expect(await tables()).toEqual(['first', 'migration', 'second', 'third']);
    });

    it('applies each migration once when several processes start together', async () => {
      await write(first, second, third);
      const started = Array.from({ length: 5 }, () => migrate(database, directory));
      const applied = (await Promise.all(started)).flat();
      expect(applied.sort()).toEqual(['0001_first.sql', '0002_second.sql', '0003_third.sql']);
      const rows = await database.query({ name: 'count', text: 'select * from first' }, []);
      expect(rows).toHaveLength(1);
    });

    it('keeps nothing of a migration that fails, and everything before it', async () => {
      const broken = ['0002_broken.sql', 'create table half (id integer); select 1 / 0;'];
      await write(first, broken);
      const failed = migrate(database, directory);
      await expect(failed).rejects.toThrow(SchemaError);
      await expect(failed).rejects.toThrow('0002_broken.sql does not run (22012)');
      expect(await tables()).toEqual(['first', 'migration']);
    });

    it('refuses a migration that was edited after it was applied', async () => {
      await write(first);
      await migrate(database, directory);
      await write([first[0]!, `${first[1]} -- harmless`], second);
      const failed = migrate(database, directory);
      await expect(failed).rejects.toThrow(SchemaError);
      await expect(failed).rejects.toThrow('put the change into a new migration');
      expect(await tables()).toEqual(['first', 'migration']);
    });

    it('takes a file whose line ends a checkout has changed for the same', async () => {
      await write([first[0]!, 'select 1;\nselect 2;\n']);
      await migrate(database, directory);
      await write([first[0]!, 'select 1;\r\nselect 2;\r\n']);
      expect(await migrate(database, directory)).toEqual([]);
    });

    it('refuses a database that is newer than it knows', async () => {
      await write(first, second);
      await migrate(database, directory);
      await rm(path.join(directory, second[0]!));
      const failed = migrate(database, directory);
      await expect(failed).rejects.toThrow(SchemaError);
      await expect(failed).rejects.toThrow('start the version that applied it');
    });

    it('refuses a database that lacks a migration before its last', async () => {
      await write(first, second);
      await migrate(database, directory);
      await run('delete from migration where version = 1');
      await expect(migrate(database, directory)).rejects.toThrow('restore it from a backup');
    });

    it.each([
      ['a gap', [first, third], 'name it 0002_what_it_does.sql'],
      ['a number that is used twice', [first, ['0001_other.sql', '']], 'name it 0002_'],
      ['a name without a number', [first, ['second.sql', '']], 'name it 0002_'],
    ])('refuses files with %s, and applies none of them', async (_, files, next) => {
      await write(...files);
      const failed = migrate(database, directory);
      await expect(failed).rejects.toThrow(SchemaError);
      await expect(failed).rejects.toThrow(next);
      expect(await tables()).toEqual([]);
    });

    it('applies our own migrations', async () => {
      expect(await migrate(database, 'migrations')).toContain('0001_journal.sql');
      expect(await tables()).toEqual(expect.arrayContaining(['show', 'event_head', 'journal']));
    });
  });
}
