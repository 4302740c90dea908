import { limits } from '@ingressou/protocol';
import {
  emptyLog,
  isPassed,
  type LogBatch,
  type LogOwner,
  type Scan,
  type Sighting,
} from '@ingressou/protocol/admission';
import { signal } from '@preact/signals';
import { only, type ScannerDatabase } from './database.ts';
import {
  emptyState,
  type LogRow,
  type LogState,
  nextRow,
  type Receipt,
  received,
  type ScanDraft,
  scanOf,
  unsentOf,
} from './log-rows.ts';

/** Less than this is the network's doing, and not worth a write. */
const offsetNewsMs = 500;

/** A scan that is not on the disk has not happened: nobody may be told its verdict. */
export class LogError extends Error {
  override readonly name = 'LogError';
}

/**
 * The scans of this device, in their order, on its disk. What is written here is told the server in
 * the end, once, whatever happens between; nothing is forgotten before the server has it.
 */
export class ScanLog {
  readonly state = signal<LogState>(emptyState);
  readonly #database: ScannerDatabase;
  readonly #owner: LogOwner;
  /** The scans of the rows that are kept, to judge by. */
  readonly #scans = new Map<number, Scan>();
  /** One write at a time: each row needs the hash of the one before. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(database: ScannerDatabase, owner: LogOwner, state: LogState) {
    this.#database = database;
    this.#owner = owner;
    this.state.value = state;
  }

  /** @throws {DOMException} the disk cannot be read */
  static async open(database: ScannerDatabase, owner: LogOwner): Promise<ScanLog> {
    const state = (await database.get('state', only)) ?? emptyState;
    const log = new ScanLog(database, owner, state);
    for (const row of await database.getAll('log')) log.#remember(row);
    return log;
  }

  get unsent(): number {
    return unsentOf(this.state.value);
  }

  /** When and where a ticket went through here, as far as it is kept. */
  lastOf(serial: number): Sighting | undefined {
    const scan = this.scans().findLast((each) => each.ticket?.serial === serial && isPassed(each));
    return scan && { at: scan.at + (scan.offset ?? 0), gate: scan.gate };
  }

  /** Those that are kept, in their order: at least all that the server does not have. */
  scans(): Scan[] {
    return [...this.#scans.values()].sort((a, b) => a.seq - b.seq);
  }

  /**
   * Says that the next number is about to be told the server, so that it never stands for two scans.
   *
   * @throws {LogError}
   */
  begin(at: number): Promise<number> {
    return this.#inTurn(async () => {
      const state = this.state.value;
      const seq = state.head.seq + 1;
      await this.#write({ ...state, pending: { seq, at } });
      return seq;
    });
  }

  /**
   * Writes a scan; with the number that `begin` gave, if it did. On the disk when it resolves.
   *
   * @throws {LogError}
   */
  append(draft: ScanDraft): Promise<Scan> {
    return this.#inTurn(async () => {
      const { pending: _done, ...state } = this.state.value;
      const row = await nextRow(this.#owner, state.head, draft);
      await this.#write({ ...state, head: { seq: row.seq, hash: row.hash } }, row);
      this.#remember(row);
      return { ...draft, seq: row.seq };
    });
  }

  /** What the server does not have, as much as goes into one upload; undefined when it has all. */
  async unsentBatch(): Promise<LogBatch | undefined> {
    const { acknowledged, quarantine } = this.state.value;
    if (this.unsent === 0 || quarantine !== undefined) return undefined;
    const from = IDBKeyRange.lowerBound(acknowledged.seq, true);
    const rows = await this.#database.getAll('log', from, limits.uploadScansMax);
    const last = rows.at(-1);
    if (last === undefined) return undefined;
    return { before: acknowledged, scans: rows.map(({ bytes }) => bytes), hash: last.hash };
  }

  /** What the server said about an upload. */
  settle(receipt: Receipt): Promise<void> {
    return this.#inTurn(async () => {
      const { seq } = receipt.upTo;
      const own = seq === 0 ? emptyLog : await this.#database.get('log', seq);
      await this.#write(received(this.state.value, receipt, () => own?.hash));
    });
  }

  /** Remembers how wrong the clock is: a device that opens without a network has to know. */
  noteOffset(ms: number): Promise<void> {
    return this.#inTurn(async () => {
      const { offset } = this.state.value;
      const isKnown = offset !== undefined && Math.abs(offset - ms) < offsetNewsMs;
      if (!isKnown) await this.#write({ ...this.state.value, offset: ms });
    });
  }

  /** Remembers whether it is shut out, so that turning it off and on changes nothing. */
  noteShutOut(isShutOut: boolean): Promise<void> {
    return this.#inTurn(async () => {
      const state = this.state.value;
      if ((state.isShutOut ?? false) !== isShutOut) await this.#write({ ...state, isShutOut });
    });
  }

  /** Forgets scans that the server has acknowledged and a package of its has brought back. */
  forget(upTo: number): Promise<void> {
    return this.#inTurn(async () => {
      // The last acknowledged one stays: its hash is where the next upload begins.
      const end = Math.min(upTo, this.state.value.acknowledged.seq) - 1;
      if (end < 1) return;
      await this.#database.delete('log', IDBKeyRange.upperBound(end));
      for (const seq of [...this.#scans.keys()]) if (seq <= end) this.#scans.delete(seq);
    });
  }

  /** All that is kept, for a file that somebody carries to the office. */
  rows(): Promise<LogRow[]> {
    return this.#database.getAll('log');
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#last.then(task);
    // Whoever asked hears of a failure; those behind them still have their turn.
    this.#last = done.catch(() => {});
    return done;
  }

  async #write(state: LogState, row?: LogRow): Promise<void> {
    try {
      const write = this.#database.transaction(['state', 'log'], 'readwrite', {
        durability: 'strict',
      });
      if (row !== undefined) await write.objectStore('log').add(row);
      await write.objectStore('state').put(state, only);
      await write.done;
    } catch (cause) {
      throw new LogError('The scan could not be written.', { cause });
    }
    this.state.value = state;
  }

  #remember(row: LogRow): void {
    const scan = scanOf(row);
    if (scan !== undefined) this.#scans.set(row.seq, scan);
  }
}
