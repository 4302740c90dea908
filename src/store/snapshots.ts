import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type EventId, pack, unpack } from '@ingressou/protocol';
import type { Snapshot, Snapshots } from '../ports/snapshots.ts';

export interface FolderSnapshotsOptions {
  readonly directory: string;
  /** A file is there but cannot be used. */
  readonly onIgnored?: (event: EventId, why: string) => void;
}

const CHECKSUM_BYTES = 32;

/**
 * One file per show: the SHA-256 of what follows, then msgpack of the snapshot. A file is written
 * beside the one it replaces, so a crash leaves the old one or the new one, whole.
 */
export class FolderSnapshots implements Snapshots {
  readonly #directory: string;
  readonly #onIgnored: (event: EventId, why: string) => void;
  /** Two saves of one show never write the same file, and a restart overwrites what was left. */
  #saves = 0;

  constructor({ directory, onIgnored = () => {} }: FolderSnapshotsOptions) {
    this.#directory = directory;
    this.#onIgnored = onIgnored;
  }

  async save(snapshot: Snapshot): Promise<void> {
    this.#saves += 1;
    const unfinished = this.#pathOf(snapshot.event, `${this.#saves}.tmp`);
    await mkdir(this.#directory, { recursive: true });
    try {
      const content = pack(snapshot);
      await writeDurably(unfinished, [checksumOf(content), content]);
      await rename(unfinished, this.#pathOf(snapshot.event, 'snapshot'));
    } catch (failure) {
      await rm(unfinished, { force: true });
      throw failure;
    }
  }

  async load(event: EventId): Promise<Snapshot | undefined> {
    try {
      const bytes = await readFile(this.#pathOf(event, 'snapshot'));
      return parseSnapshot(event, unpack(withoutChecksum(bytes)));
    } catch (cause) {
      // A snapshot only saves time, so one that cannot be read is as good as none.
      if (!isMissing(cause)) this.#onIgnored(event, String(cause));
      return undefined;
    }
  }

  #pathOf(event: EventId, ending: string): string {
    return path.join(this.#directory, `${event}.${ending}`);
  }
}

/** A snapshot file is not what was saved. */
class SnapshotFileError extends Error {
  override readonly name = 'SnapshotFileError';
}

/** On the disk before it gets its name: a power cut must not leave a name without content. */
async function writeDurably(file: string, parts: readonly Uint8Array[]): Promise<void> {
  const handle = await open(file, 'w');
  try {
    for (const part of parts) await handle.writeFile(part);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function withoutChecksum(bytes: Uint8Array): Uint8Array {
  const content = bytes.subarray(CHECKSUM_BYTES);
  if (checksumOf(content).equals(bytes.subarray(0, CHECKSUM_BYTES))) return content;
  throw new SnapshotFileError('its checksum is wrong');
}

function checksumOf(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}

function parseSnapshot(event: EventId, value: unknown): Snapshot {
  const { generation, position, hash, at, schema, body } = value as Snapshot;
  const numbers = [generation, position, at, schema];
  const isWhole =
    (value as Snapshot).event === event &&
    numbers.every(Number.isSafeInteger) &&
    hash instanceof Uint8Array &&
    body instanceof Uint8Array;
  if (!isWhole) throw new SnapshotFileError('it is not a snapshot of this show');
  return { event, generation, position, hash: plain(hash), at, schema, body: plain(body) };
}

/** As it was saved: msgpack gives Buffers, whose `slice` does not copy. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
