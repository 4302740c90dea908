import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Attachment } from '../../ports/mail.ts';

/** What a node without a deliverer sent. */
export interface Letter {
  readonly id: string;
  readonly kind: 'mail' | 'whatsapp';
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The name and the address, or the number. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Undefined for a message. */
  readonly html?: string;
  /** Behind the button of a message. */
  readonly link?: string;
  readonly files: readonly LetterFile[];
}

export interface LetterFile {
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

/** A letter and what the folder calls it. */
export interface KeptLetter extends Letter {
  readonly name: string;
}

/** The folder keeps the newest ones: nobody looks further back, and disks are finite. */
const lettersMax = 200;
const hashLength = 12;
const NAME_PATTERN = /^\d{13}-[0-9a-f]{12}$/;
const FILE_PATTERN = /^(\d{13}-[0-9a-f]{12})\.json$/;

/**
 * Letters in a folder that a person can look into as well: of each a `.json` with what it says, its
 * attachments and, for a mail, an `.eml` that every mail program opens. A letter is there when its
 * `.json` is.
 */
export class InboxFolder {
  readonly #directory: string;

  constructor({ directory }: { readonly directory: string }) {
    this.#directory = directory;
  }

  /** The same letter at the same time is kept once. */
  async keep(
    letter: Omit<Letter, 'files'>,
    attachments: readonly Attachment[] = [],
    eml?: Uint8Array,
  ): Promise<void> {
    const name = nameOf(letter);
    await mkdir(this.#directory, { recursive: true });
    const files = attachments.map((each) => ({
      name: each.name,
      type: each.type,
      size: each.bytes.length,
    }));
    for (const [index, { bytes }] of attachments.entries()) {
      await writeFile(this.#fileOf(name, `${index}.attachment`), bytes);
    }
    if (eml !== undefined) await writeFile(this.#fileOf(name, 'eml'), eml);
    const unfinished = this.#fileOf(name, 'tmp');
    await writeFile(unfinished, JSON.stringify({ ...letter, files }, undefined, 2));
    await rename(unfinished, this.#fileOf(name, 'json'));
    await this.#forgetOldest();
  }

  /** The newest first, at most `max`. */
  async list(max: number): Promise<KeptLetter[]> {
    const names = (await this.#names()).slice(-max).reverse();
    const letters = await Promise.all(names.map((name) => this.read(name)));
    return letters.filter((letter) => letter !== undefined);
  }

  /** Undefined for a name that the folder never gave, or that is gone. */
  async read(name: string): Promise<KeptLetter | undefined> {
    const bytes = await this.#bytes(name, 'json');
    return bytes && { ...(JSON.parse(bytes.toString('utf8')) as Letter), name };
  }

  /** The bytes of an attachment. */
  async attachment(name: string, index: number): Promise<Uint8Array | undefined> {
    return Number.isInteger(index) ? this.#bytes(name, `${index}.attachment`) : undefined;
  }

  /** A mail as it would have left. */
  async eml(name: string): Promise<Uint8Array | undefined> {
    return this.#bytes(name, 'eml');
  }

  /** What the folder calls letters of these ids, whenever they were written. */
  async namesOf(ids: readonly string[]): Promise<string[]> {
    const hashes = new Set(ids.map(hashOf));
    return (await this.#names()).filter((name) => hashes.has(name.slice(-hashLength)));
  }

  /** Deletes letters and all that belongs to them. */
  async forget(names: readonly string[]): Promise<void> {
    await this.#remove(new Set(names));
  }

  async #bytes(name: string, ending: string): Promise<Buffer | undefined> {
    if (!NAME_PATTERN.test(name)) return undefined;
    return orMissing(readFile(this.#fileOf(name, ending)), undefined);
  }

  /** Names begin with a time, so their order is that of the letters. */
  async #names(): Promise<string[]> {
    const files = await orMissing(readdir(this.#directory), []);
    return files.flatMap((file) => FILE_PATTERN.exec(file)?.[1] ?? []).sort();
  }

  async #forgetOldest(): Promise<void> {
    await this.#remove(new Set((await this.#names()).slice(0, -lettersMax)));
  }

  async #remove(names: ReadonlySet<string>): Promise<void> {
    if (names.size === 0) return;
    for (const file of await readdir(this.#directory)) {
      const [name = ''] = file.split('.');
      if (names.has(name)) await rm(path.join(this.#directory, file), { force: true });
    }
  }

  #fileOf(name: string, ending: string): string {
    return path.join(this.#directory, `${name}.${ending}`);
  }
}

function nameOf({ id, at }: Pick<Letter, 'id' | 'at'>): string {
  return `${String(Math.trunc(at)).padStart(13, '0')}-${hashOf(id)}`;
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, hashLength);
}

async function orMissing<T, U>(reading: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await reading;
  } catch (error) {
    // Nothing was sent yet, or it was forgotten meanwhile.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return otherwise;
    throw error;
  }
}
