import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { EventId } from '@ingressou/protocol';
import type { Snapshot, Snapshots } from '../ports/snapshots.ts';
import { bytesOf, snapshotIn } from './snapshot-bytes.ts';

export interface FolderSnapshotsOptions {
  readonly directory: string;
  /** A file is there but cannot be used. */
  readonly onIgnored?: (event: EventId, why: string) => void;
}

/**
 * One file per show. A file is written beside the one it replaces, so a crash leaves the old one or
 * the new one, whole.
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
      await writeDurably(unfinished, await bytesOf(snapshot));
      await rename(unfinished, this.#pathOf(snapshot.event, 'snapshot'));
    } catch (failure) {
      await rm(unfinished, { force: true });
      throw failure;
    }
  }

  async load(event: EventId): Promise<Snapshot | undefined> {
    try {
      return snapshotIn(event, await readFile(this.#pathOf(event, 'snapshot')));
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

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
