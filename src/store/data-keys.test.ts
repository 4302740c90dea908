import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataKey, DataKeyError, openMasterKey, UnsealError } from './data-keys.ts';

describe('a key', () => {
  const key = DataKey.random();
  const secret = Buffer.from('Ana, 529.982.247-25');

  it('opens what it sealed, and seals the same never alike', () => {
    const sealed = key.seal(secret, 'row:1');
    expect(Buffer.from(key.open(sealed, 'row:1'))).toEqual(secret);
    expect(Buffer.from(sealed).includes('Ana')).toBe(false);
    expect(key.seal(secret, 'row:1')).not.toEqual(sealed);
  });

  it('opens nothing that was changed, moved, cut off or sealed by another', () => {
    const sealed = key.seal(secret, 'row:1');
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Uint8Array.from(sealed);
      changed[index]! ^= 1;
      expect(() => key.open(changed, 'row:1')).toThrow(UnsealError);
    }
    expect(() => key.open(sealed, 'row:2')).toThrow(UnsealError);
    expect(() => DataKey.random().open(sealed, 'row:1')).toThrow(UnsealError);
    for (let length = 0; length < 30; length += 1) {
      expect(() => key.open(sealed.subarray(0, length), 'row:1')).toThrow(UnsealError);
    }
  });

  it('seals another key, and digests the same bytes to the same', () => {
    const other = DataKey.random();
    const again = DataKey.unwrap(other.wrap(key, 'k'), key, 'k');
    expect(again.digest(secret, 'row:1')).toEqual(other.digest(secret, 'row:1'));
    expect(again.digest(secret, 'row:2')).not.toEqual(other.digest(secret, 'row:1'));
    expect(key.digest(secret, 'row:1')).not.toEqual(other.digest(secret, 'row:1'));
  });
});

describe('the master key', () => {
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'ingressou-keys-'));
    file = path.join(directory, 'keys', 'data.key');
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('is made once, however many start first, for its owner alone', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => openMasterKey(file)));
    const digests = new Set(
      keys.map((key) => Buffer.from(key.digest(anything, '')).toString('hex')),
    );
    expect(digests.size).toBe(1);
    expect((await readFile(file)).length).toBe(32);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('is not replaced when it is damaged', async () => {
    await openMasterKey(file);
    await writeFile(file, 'short');
    await expect(openMasterKey(file)).rejects.toThrow(DataKeyError);
    expect(await readFile(file, 'utf8')).toBe('short');
  });
});

const anything = Buffer.from('anything');
