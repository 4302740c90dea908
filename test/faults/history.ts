import { type FileHandle, open, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type {
  CommandId,
  EventId,
  HoldId,
  Item,
  RejectionReason,
  SubjectId,
} from '@ingressou/protocol';

/** What a client wishes. Its id is made before it leaves for the first time. */
export type Wish = {
  readonly id: CommandId;
  readonly event: EventId;
  readonly subject: SubjectId;
} & (
  | { readonly type: 'reserve'; readonly items: readonly Item[] }
  | { readonly type: 'extend' | 'release'; readonly hold: HoldId }
);

/** What the client was told in the end. */
export type Outcome =
  | { readonly isAccepted: true; readonly expiresAt?: number }
  | {
      readonly isAccepted: false;
      readonly reason: RejectionReason;
      /** Every attempt was answered, and none with "unknown": it must never have happened. */
      readonly isCertain: boolean;
    };

/** Times are milliseconds of one monotonic clock. */
export type Line =
  | { readonly kind: 'invoked'; readonly at: number; readonly wish: Wish }
  | {
      readonly kind: 'answered';
      readonly at: number;
      readonly id: CommandId;
      readonly outcome: Outcome;
      /** How often it was sent, and what the server said each time: for whoever looks later. */
      readonly sent: number;
      readonly heard: readonly string[];
    };

/** How long lines are gathered before they are put on the disk together. */
const gatherMs = 20;

/**
 * What the clients know, in a file that survives the program that writes it: only what is on the
 * disk counts as known.
 */
export class History {
  readonly file: string;
  readonly #handle: FileHandle;
  #lines: string[] = [];
  /** Gathers lines still. */
  #next: Promise<void> | undefined;
  /** Writes what was gathered before. */
  #last: Promise<void> = Promise.resolve();

  private constructor(file: string, handle: FileHandle) {
    this.file = file;
    this.#handle = handle;
  }

  static async create(file: string): Promise<History> {
    return new History(file, await open(file, 'wx'));
  }

  /** Resolves when the line is on the disk. */
  add(line: Line): Promise<void> {
    this.#lines.push(`${JSON.stringify(line)}\n`);
    if (this.#next === undefined) {
      this.#next = this.#saveAfter(this.#last);
      this.#last = this.#next;
    }
    return this.#next;
  }

  /** Everything that was added is on the disk. */
  async close(): Promise<void> {
    await this.#last;
    await this.#handle.close();
  }

  async #saveAfter(last: Promise<void>): Promise<void> {
    await pause(gatherMs);
    await last;
    const lines = this.#lines;
    this.#lines = [];
    this.#next = undefined;
    await this.#handle.appendFile(lines.join(''));
    await this.#handle.datasync();
  }
}

/** One wish and what became of it. */
export interface Told {
  readonly wish: Wish;
  readonly invokedAt: number;
  /** Undefined when it was never answered. */
  readonly answer?: { readonly at: number; readonly outcome: Outcome };
}

/** Reads what a history knows. A last line that a crash has torn is not known. */
export async function readHistory(file: string): Promise<Told[]> {
  const text = await readFile(file, 'utf8');
  const told = new Map<CommandId, Told>();
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
    if (line !== '') learn(told, JSON.parse(line) as Line);
  }
  return [...told.values()];
}

function learn(told: Map<CommandId, Told>, line: Line): void {
  if (line.kind === 'invoked') {
    told.set(line.wish.id, { wish: line.wish, invokedAt: line.at });
    return;
  }
  const { at, id, outcome } = line;
  const known = told.get(id);
  if (known === undefined) throw new Error(`The answer to ${id} stands before its wish.`);
  told.set(id, { ...known, answer: { at, outcome } });
}
