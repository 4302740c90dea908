import { rmSync } from 'node:fs';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PREFIX = 'ingressou-';
const MARK = '.made-by-ingressou';

const made = new Set<string>();
process.once('exit', () => {
  for (const directory of made) drop(directory);
});

/**
 * A directory for a server of this run. It is deleted by `remove`, or at the latest when this
 * process ends in good order; never without the mark that this process put into it.
 */
export class PrivateDirectory {
  readonly path: string;
  readonly #mark: string;

  private constructor(directory: string, mark: string) {
    this.path = directory;
    this.#mark = mark;
    made.add(directory);
  }

  static async make(name: string): Promise<PrivateDirectory> {
    const directory = await mkdtemp(path.join(await realpath(tmpdir()), `${PREFIX}${name}-`));
    const mark = `${process.pid} ${directory}`;
    await writeFile(path.join(directory, MARK), mark);
    return new PrivateDirectory(directory, mark);
  }

  /** @throws {Error} it is not what was made, so nothing is deleted */
  async remove(): Promise<void> {
    if (!made.has(this.path)) return;
    const mark = await readFile(path.join(this.path, MARK), 'utf8').catch(() => 'none');
    if (mark !== this.#mark) throw new Error(`${this.path} is not ours: its mark is ${mark}`);
    await rm(this.path, { recursive: true, force: true });
    made.delete(this.path);
  }
}

function drop(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // Its server is still ending and writes into it: the system clears this place by itself.
  }
}
