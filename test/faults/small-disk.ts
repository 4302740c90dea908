import { execFile } from 'node:child_process';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { MissingError } from './missing-error.ts';

const execute = promisify(execFile);

const chunk = Buffer.alloc(1024 * 1024);

/** A disk of its own, in memory, that can be filled to the last byte. */
export class SmallDisk {
  readonly directory: string;
  readonly #ballast: string;
  #isMounted = true;

  private constructor(directory: string) {
    this.directory = directory;
    this.#ballast = path.join(directory, 'ballast');
  }

  /** @throws {MissingError} this user may not mount */
  static async mount(directory: string, megabytes: number): Promise<SmallDisk> {
    await mkdir(directory);
    const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', directory];
    await execute('mount', options).catch((cause: unknown) => {
      throw new MissingError('mounting a tmpfs needs root', { cause });
    });
    return new SmallDisk(directory);
  }

  /** Takes all the space there is. */
  async fill(): Promise<void> {
    const file = await open(this.#ballast, 'a');
    try {
      for (const bytes of [chunk, chunk.subarray(0, 4096)]) {
        while (await hasWritten(file.appendFile(bytes)));
      }
    } finally {
      await file.close();
    }
  }

  async free(): Promise<void> {
    await rm(this.#ballast, { force: true });
  }

  async bytesLeft(): Promise<number> {
    const { bavail, bsize } = await statfs(this.directory);
    return bavail * bsize;
  }

  /** Once is enough. */
  async unmount(): Promise<void> {
    if (!this.#isMounted) return;
    this.#isMounted = false;
    await execute('umount', [this.directory]);
  }
}

/** False when the disk is full. */
async function hasWritten(write: Promise<void>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    // Exactly what was wanted; anything else is not.
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}
