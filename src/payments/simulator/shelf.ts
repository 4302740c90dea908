import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { isRecord } from '../json-fields.ts';

/** Something the simulator knows, by what it is and its id. */
export interface Kept {
  readonly kind: string;
  readonly id: string;
  /** Undefined: it is forgotten. */
  readonly value?: unknown;
}

/** What survives a restart. */
export interface Shelf {
  /** What was kept last, of every id. */
  load(): readonly Kept[];
  /** Keeps it before it returns. */
  keep(kept: Kept): void;
}

/** Nothing survives. */
export const memoryShelf: Shelf = { load: () => [], keep() {} };

/**
 * A line of JSON for each change, appended; the last one of an id counts. Loading rewrites the file
 * with these alone. A process that is killed leaves at most a torn last line, which is ignored.
 */
export class FileShelf implements Shelf {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  load(): readonly Kept[] {
    const latest = new Map<string, Kept>();
    for (const kept of this.#lines()) latest.set(`${kept.kind} ${kept.id}`, kept);
    const all = [...latest.values()].filter(({ value }) => value !== undefined);
    this.#rewrite(all);
    return all;
  }

  keep(kept: Kept): void {
    appendFileSync(this.#file, lineOf(kept));
  }

  #lines(): Kept[] {
    if (!existsSync(this.#file)) return [];
    return readFileSync(this.#file, 'utf8').split('\n').flatMap(keptIn);
  }

  /** Only for its owner: a provider knows who pays. */
  #rewrite(all: readonly Kept[]): void {
    mkdirSync(path.dirname(this.#file), { recursive: true });
    const unfinished = `${this.#file}.tmp`;
    writeFileSync(unfinished, all.map(lineOf).join(''), { mode: 0o600 });
    renameSync(unfinished, this.#file);
  }
}

function lineOf(kept: Kept): string {
  return `${JSON.stringify(kept)}\n`;
}

function keptIn(line: string): Kept[] {
  try {
    const read: unknown = JSON.parse(line);
    const isKept = isRecord(read) && typeof read.kind === 'string' && typeof read.id === 'string';
    return isKept ? [read as unknown as Kept] : [];
  } catch {
    // The last line of a process that was killed, or the empty one after the last.
    return [];
  }
}
