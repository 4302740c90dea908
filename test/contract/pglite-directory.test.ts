import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DirectoryInUseError } from '../../src/store/directory-lock.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { longMs, type OpenJournal } from './journal-stage.ts';
import { historyOf, newEvent, newNode, rowBehind } from './rows.ts';
import { journalIn } from './stores.ts';

describe('PGlite in a directory', () => {
  let root: string;
  let directory: string;
  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'pglite-'));
    directory = path.join(root, 'deep', 'pglite');
  });
  afterAll(() => rm(root, { recursive: true }));

  const event = newEvent();

  /** Appends rows, and returns how many were acknowledged. */
  const fill = async ({ journal, create, lease }: OpenJournal): Promise<number> => {
    await create(event);
    const owner = newNode();
    await lease(owner, longMs);
    const head = (await journal.claim(event, owner))!;
    let row = rowBehind(head, head);
    for (; row.last <= 50; row = rowBehind(row, head)) await journal.append(row);
    return row.position;
  };

  it('holds everything that was acknowledged when it is opened again', async () => {
    const first = await journalIn(await openPglite(directory));
    const acknowledged = await fill(first);
    // What a process that is killed now would leave behind.
    await cp(directory, path.join(root, 'killed'), { recursive: true });
    await first.close();

    for (const place of [directory, path.join(root, 'killed')]) {
      const again = await journalIn(await openPglite(place));
      const rows = await historyOf(again.journal, event);
      expect(rows.map(({ last }) => last)).toEqual(
        Array.from({ length: acknowledged }, (_, index) => index + 1),
      );
      await again.close();
    }
  });

  it('refuses a directory that is open already, and names the way out', async () => {
    const first = await openPglite(directory);
    const second = openPglite(directory);
    await expect(second).rejects.toThrow(DirectoryInUseError);
    await expect(second).rejects.toThrow('DATABASE_URL');
    await first.close();
    await (await openPglite(directory)).close();
  });

  it('opens a directory whose last process was killed', async () => {
    await writeFile(`${directory}.lock`, '');
    await (await openPglite(directory)).close();
  });

  it('guards a directory whose path is longer than a socket name can be', async () => {
    const long = path.join(root, 'x'.repeat(120));
    const first = await openPglite(long);
    await expect(openPglite(long)).rejects.toThrow(DirectoryInUseError);
    await first.close();
  });
});
