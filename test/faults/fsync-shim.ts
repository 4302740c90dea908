import { execFile } from 'node:child_process';
import { chmod, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { installPackages } from '../../scripts/debian-packages.ts';
import { findProgram } from '../../scripts/private-programs.ts';
import type { Ground } from './ground.ts';
import { MissingError } from './missing-error.ts';

const execute = promisify(execFile);

/** What becomes of every fsync and fdatasync of one server. */
export type DiskFault = 'none' | 'eio' | `slow ${number}`;

/** A library in front of the C library of a server that makes its disk slow or broken. */
export class FsyncShim {
  /** For the environment of the server. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #faultFile: string;
  readonly #hitsFile: string;

  private constructor(library: string, directory: string) {
    this.#faultFile = path.join(directory, 'fsync-fault');
    this.#hitsFile = path.join(directory, 'fsync-hits');
    this.environment = {
      LD_PRELOAD: library,
      FSYNC_FAULT_FILE: this.#faultFile,
      FSYNC_HITS_FILE: this.#hitsFile,
    };
  }

  /**
   * Compiles it, where its server can read it.
   *
   * @throws {MissingError} there is no compiler
   */
  static async make({ directory, mayInstall }: Ground): Promise<FsyncShim> {
    const library = path.join(directory, 'fsync-shim.so');
    if (findProgram('gcc') === undefined) {
      if (!mayInstall) throw new MissingError('it needs apt-get install -y gcc libc6-dev');
      await installPackages('gcc', 'libc6-dev');
    }
    const options = ['-shared', '-fPIC', '-O2', '-o', library, await sourceFile(), '-ldl'];
    await execute('gcc', options);
    const shim = new FsyncShim(library, directory);
    await shim.set('none');
    await writeFile(shim.#hitsFile, '');
    // The server runs as another user, and tells here what it has suffered.
    await chmod(shim.#hitsFile, 0o666);
    return shim;
  }

  async set(fault: DiskFault): Promise<void> {
    await writeFile(this.#faultFile, fault);
  }

  /** How many calls were harmed. */
  async hits(): Promise<number> {
    return (await stat(this.#hitsFile)).size;
  }
}

/** It is not compiled with the rest: from the build it lies one directory further up. */
async function sourceFile(): Promise<string> {
  const here = fileURLToPath(new URL('fsync-shim.c', import.meta.url));
  const source = here.replace(`${path.sep}dist${path.sep}test`, `${path.sep}test`);
  await stat(source);
  return source;
}
