import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';

/** The folder of a node keeps the newest letters only, so it is looked at all the time. */
const lookMs = 500;

/** The messages that nodes without a WhatsApp left in their folders. */
export class MessageCatcher {
  readonly #directories: readonly string[];
  readonly #caught = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> = Promise.resolve();

  constructor(directories: readonly string[]) {
    this.#directories = directories;
    this.#timer = setInterval(() => void this.look(), lookMs);
  }

  /** Whether a message under our id was there. */
  has(id: string): boolean {
    return this.#caught.has(hashOf(id));
  }

  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#look());
    return this.#looking;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    for (const directory of this.#directories) {
      // Nothing was sent from there yet.
      const names = await readdir(directory).catch(() => []);
      for (const name of names) {
        const [, hash] = /^\d{13}-([0-9a-f]{12})\.json$/.exec(name) ?? [];
        if (hash !== undefined) this.#caught.add(hash);
      }
    }
  }
}

/** How the folder names a letter. */
function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 12);
}
