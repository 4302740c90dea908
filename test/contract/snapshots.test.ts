import { mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FolderSnapshots } from '../../src/store/snapshots.ts';
import { newEvent } from './rows.ts';
import { describeSnapshots, snapshotAt } from './snapshots.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'snapshots-'));
});
afterAll(() => rm(root, { recursive: true }));

const newDirectory = () => path.join(root, newEvent());

describeSnapshots(
  'FolderSnapshots',
  async () => new FolderSnapshots({ directory: newDirectory() }),
);

describe('FolderSnapshots with damaged files', () => {
  const snapshot = snapshotAt(42);
  let directory: string;
  let file: string;
  let ignored: string[];
  let snapshots: FolderSnapshots;

  beforeEach(async () => {
    directory = newDirectory();
    ignored = [];
    const onIgnored = (event: string, why: string) => ignored.push(`${event}: ${why}`);
    snapshots = new FolderSnapshots({ directory, onIgnored });
    await snapshots.save(snapshot);
    file = path.join(directory, `${snapshot.event}.snapshot`);
  });

  it('ignores a file with any one bit flipped, and says so', async () => {
    const whole = await readFile(file);
    const place = fc.record({ at: fc.nat(whole.length - 1), bit: fc.nat(7) });
    await fc.assert(
      fc.asyncProperty(place, async ({ at, bit }) => {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= 1 << bit;
        await writeFile(file, bytes);
        expect(await snapshots.load(snapshot.event)).toBeUndefined();
        expect(ignored.pop()).toContain(`${snapshot.event}: `);
      }),
    );
  });

  it.each([0, 1, 31, 32, 33, 500])('ignores a file cut off after %i bytes', async (length) => {
    await truncate(file, length);
    expect(await snapshots.load(snapshot.event)).toBeUndefined();
    expect(ignored).toHaveLength(1);
  });

  it('ignores a file that belongs to another show', async () => {
    const other = newEvent();
    await rename(file, path.join(directory, `${other}.snapshot`));
    expect(await snapshots.load(other)).toBeUndefined();
    expect(ignored).toHaveLength(1);
  });

  it('says nothing of a file that is not there', async () => {
    expect(await snapshots.load(newEvent())).toBeUndefined();
    expect(ignored).toEqual([]);
  });

  it('replaces a damaged file', async () => {
    await truncate(file, 3);
    await snapshots.save(snapshot);
    expect(await snapshots.load(snapshot.event)).toEqual(snapshot);
  });

  it('leaves one file for each show, and nothing half written', async () => {
    await snapshots.save(snapshotAt(43, snapshot.event));
    expect(await readdir(directory)).toEqual([`${snapshot.event}.snapshot`]);
  });

  it('tells whoever saves that the folder cannot be written', async () => {
    const blocked = new FolderSnapshots({ directory: path.join(file, 'below-a-file') });
    await expect(blocked.save(snapshot)).rejects.toThrow('ENOTDIR');
  });
});
