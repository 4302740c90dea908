import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ObjectKeyError, type Objects } from '../../src/ports/objects.ts';

export interface OpenObjects {
  readonly objects: Objects;
  close(): Promise<void>;
}

/** What every Objects promises. An adapter is done when this passes. */
export function describeObjects(name: string, open: () => Promise<OpenObjects>): void {
  describe(`${name} keeps the Objects contract`, () => {
    let opened: OpenObjects;
    let objects: Objects;
    beforeAll(async () => {
      opened = await open();
      ({ objects } = opened);
    });
    afterAll(() => opened.close());

    it('gives bytes back as they were put, with their type', async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      await objects.put('tickets/a-1_2.pdf', bytes, 'application/pdf');
      expect(await text(objects, 'tickets/a-1_2.pdf')).toBe(Buffer.from(bytes).toString('latin1'));
      expect((await objects.get('tickets/a-1_2.pdf'))?.type).toBe('application/pdf');
    });

    it('keeps nothing at all, too', async () => {
      await objects.put('empty', new Uint8Array(), 'text/plain');
      expect(await text(objects, 'empty')).toBe('');
      await objects.putStream('empty-stream', chunks(), 'text/csv; charset=utf-8');
      expect(await text(objects, 'empty-stream')).toBe('');
      expect((await objects.get('empty-stream'))?.type).toBe('text/csv; charset=utf-8');
    });

    it('replaces bytes and type', async () => {
      await objects.put('again', Buffer.from('a long first version'), 'text/plain');
      await objects.put('again', Buffer.from('second'), 'text/csv');
      expect(await text(objects, 'again')).toBe('second');
      expect((await objects.get('again'))?.type).toBe('text/csv');
    });

    it('keeps keys apart that look alike', async () => {
      const keys = ['k', 'k/k', 'k/k/k', 'k.k', 'k-k', 'kk'];
      for (const key of keys) await objects.put(key, Buffer.from(key), 'text/plain');
      for (const key of keys) expect(await text(objects, key)).toBe(key);
    });

    it('knows nothing of what was never put or was deleted; deleting twice is fine', async () => {
      await objects.put('gone', Buffer.from('x'), 'text/plain');
      await objects.delete('gone');
      await objects.delete('gone');
      expect(await objects.get('gone')).toBeUndefined();
      expect(await objects.getStream('never')).toBeUndefined();
    });

    it('lists what is under a name and nothing beside it', async () => {
      const under = ['l/a/1.pdf', 'l/a/2.pdf', 'l/a/b/3.pdf'];
      for (const key of [...under, 'l/a', 'l/ab/1.pdf', 'k/l/a/1.pdf']) {
        await objects.put(key, Buffer.from(key), 'text/plain');
      }
      expect([...(await objects.list('l/a', 9))].sort()).toEqual(under);
      expect(await objects.list('l/a', 2)).toHaveLength(2);
      expect(await objects.list('l/none', 9)).toEqual([]);
      for (const key of under) await objects.delete(key);
      expect(await objects.list('l/a', 9)).toEqual([]);
    });

    it('keeps a stream of many chunks, whatever their sizes', async () => {
      const pieces = [1, 0, 999, 1_000, 1_001, 5_000, 3].map((size, index) => {
        return new Uint8Array(size).fill(index);
      });
      await objects.putStream('exports/a.csv', chunks(...pieces), 'text/csv');
      expect(await text(objects, 'exports/a.csv')).toBe(Buffer.concat(pieces).toString('latin1'));
    });

    it('reads a stream that is as long as it says', async () => {
      const bytes = Buffer.alloc(300_000, 'ab');
      await objects.putStream('long', chunks(bytes), 'text/plain');
      const stream = await objects.getStream('long');
      const read = await collected(stream!.chunks);
      expect(stream).toMatchObject({ size: bytes.length, type: 'text/plain' });
      expect(read.equals(bytes)).toBe(true);
    });

    it('lets go of a stream that nobody reads to its end', async () => {
      await objects.put('half', Buffer.alloc(500_000), 'text/plain');
      for (let turn = 0; turn < 40; turn += 1) {
        for await (const _ of (await objects.getStream('half'))!.chunks) break;
      }
      expect((await objects.get('half'))?.bytes).toHaveLength(500_000);
    });

    it('keeps nothing of a stream that breaks, and says what broke it', async () => {
      await objects.put('broken', Buffer.from('before'), 'text/plain');
      const breaking = async function* () {
        yield Buffer.alloc(5_000);
        throw new Error('the export broke');
      };
      const put = objects.putStream('broken', breaking(), 'text/plain');
      await expect(put).rejects.toThrow('the export broke');
      expect(await text(objects, 'broken')).toBe('before');
    });

    it('ends with one whole object when several are put at once', async () => {
      const versions = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(50_000));
      await Promise.all(versions.map((all) => objects.put('race', Buffer.from(all), 'text/plain')));
      expect(versions).toContain(await text(objects, 'race'));
    });

    it.each([
      '',
      '/',
      '/etc/passwd',
      '../x',
      'a/../b',
      'a//b',
      'a/',
      '.hidden',
      'a/.b',
      'A',
      'a b',
      'a\\b',
      'a%2e',
      'a+b',
      'a?uploads',
      'a\n',
      'é',
      'a'.repeat(201),
    ])('refuses the key %j everywhere', async (key) => {
      const put = objects.put(key, new Uint8Array(), 'text/plain');
      await expect(put).rejects.toThrow(ObjectKeyError);
      await expect(objects.putStream(key, chunks(), 'text/plain')).rejects.toThrow(ObjectKeyError);
      await expect(objects.get(key)).rejects.toThrow(ObjectKeyError);
      await expect(objects.getStream(key)).rejects.toThrow(ObjectKeyError);
      await expect(objects.delete(key)).rejects.toThrow(ObjectKeyError);
      await expect(objects.list(key, 1)).rejects.toThrow(ObjectKeyError);
    });

    it.each(['', 'text', 'text/plain\r\nx-evil: 1', 'a/b; charset="x"'])(
      'refuses the type %j',
      async (type) => {
        await expect(objects.put('typed', new Uint8Array(), type)).rejects.toThrow('media type');
      },
    );
  });
}

/** A stream of these chunks. */
export async function* chunks(...pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

async function text(objects: Objects, key: string): Promise<string | undefined> {
  const found = await objects.get(key);
  return found && Buffer.from(found.bytes).toString('latin1');
}

async function collected(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
