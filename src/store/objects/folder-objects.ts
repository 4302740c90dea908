import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  listMax,
  type Objects,
  ObjectsUnavailableError,
  type StoredObject,
  type StoredStream,
} from '../../ports/objects.ts';
import { checkedKey, checkedType } from './object-key.ts';
import { whole } from './whole.ts';

/** Longer than any first line. */
const headBytesMax = 256;
const chunkBytes = 64 * 1024;

/**
 * One file per object in one folder; its first line is the type. The `/` of a key is a `+` in the
 * name, which no key contains: there are no folders to climb out of, and `a` and `a/b` do not meet.
 * A file gets its name when it is whole and on the disk.
 */
export class FolderObjects implements Objects {
  readonly #directory: string;

  constructor({ directory }: { readonly directory: string }) {
    this.#directory = directory;
  }

  async put(key: string, bytes: Uint8Array, type: string): Promise<void> {
    await this.putStream(key, once(bytes), type);
  }

  async putStream(key: string, chunks: AsyncIterable<Uint8Array>, type: string): Promise<void> {
    const file = this.#fileOf(key);
    const head = Buffer.from(`${checkedType(type)}\n`);
    // A name that no key makes and no other process chooses; a crash may leave one behind.
    const unfinished = path.join(this.#directory, `+${randomUUID()}.tmp`);
    const handle = await orUnavailable(this.#create(unfinished));
    try {
      await fill(handle, head, chunks);
      await orUnavailable(rename(unfinished, file));
    } catch (failure) {
      await rm(unfinished, { force: true });
      throw failure;
    }
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const stream = await this.getStream(key);
    return stream && whole(stream);
  }

  async getStream(key: string): Promise<StoredStream | undefined> {
    const handle = await opened(this.#fileOf(key));
    if (handle === undefined) return undefined;
    try {
      const type = await typeIn(handle);
      const { size } = await handle.stat();
      const begin = Buffer.byteLength(type) + 1;
      return { chunks: chunksOf(handle, begin), type, size: size - begin };
    } catch (cause) {
      await handle.close();
      throw unavailable(cause);
    }
  }

  async delete(key: string): Promise<void> {
    await orUnavailable(rm(this.#fileOf(key), { force: true }));
  }

  async list(under: string, max: number): Promise<readonly string[]> {
    const beginning = `${checkedKey(under)}/`;
    const files = await orUnavailable(filesIn(this.#directory));
    const keys = files.map((file) => file.replaceAll('+', '/'));
    return keys.filter((key) => key.startsWith(beginning)).slice(0, Math.min(max, listMax));
  }

  #fileOf(key: string): string {
    return path.join(this.#directory, checkedKey(key).replaceAll('/', '+'));
  }

  async #create(file: string): Promise<FileHandle> {
    await mkdir(this.#directory, { recursive: true });
    return open(file, 'wx');
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** All of it is on the disk when this resolves: a power cut must not leave a name without content. */
async function fill(
  handle: FileHandle,
  head: Uint8Array,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  try {
    await write(handle, head);
    for await (const chunk of chunks) await write(handle, chunk);
    await orUnavailable(handle.sync());
  } finally {
    await handle.close();
  }
}

async function write(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  await orUnavailable(handle.writeFile(bytes));
}

async function opened(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw unavailable(cause);
  }
}

async function filesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (cause) {
    // Nothing was put yet.
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw cause;
  }
}

async function typeIn(handle: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytesMax), 0, headBytesMax, 0);
  const end = buffer.subarray(0, bytesRead).indexOf('\n');
  if (end < 0) throw new Error('The file does not begin with a type.');
  return buffer.toString('utf8', 0, end);
}

async function* chunksOf(handle: FileHandle, begin: number): AsyncGenerator<Uint8Array> {
  try {
    for (let position = begin; ; ) {
      const reading = handle.read(Buffer.alloc(chunkBytes), 0, chunkBytes, position);
      const { buffer, bytesRead } = await orUnavailable(reading);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw unavailable(cause);
  }
}

function unavailable(cause: unknown): ObjectsUnavailableError {
  return new ObjectsUnavailableError('The folder of objects cannot be used.', { cause });
}
