import { publicKeyBytes } from '@ingressou/protocol/ticket';
import { bytesOf, fill, grown, rowsFor } from './columns.ts';
import { fillColumn, type PlainColumn, plainColumn } from './plain-column.ts';

/** Columns by serial, from serial 1 to the last one that a phone ever had. */
export interface PlainHolders {
  readonly keys: Uint8Array;
  readonly moves: PlainColumn;
}

/**
 * The keys of the phones that show tickets, by serial. Columns, as the tickets have; a show whose
 * codes stay as they are has none. A key of zeros is of small order and nobody's, so it says that
 * no phone has the ticket.
 */
export class HolderTable {
  #keys = new Uint8Array();
  #moves = new Uint8Array();

  constructor(saved?: PlainHolders) {
    if (saved === undefined) return;
    this.#makeRoom(saved.moves.rows);
    fill(this.#keys, saved.keys);
    fillColumn(this.#moves, saved.moves);
  }

  /** Of the phone that has it. */
  keyOf(serial: number): Uint8Array | undefined {
    return this.isBound(serial) ? this.#keyAt(serial).slice() : undefined;
  }

  isBound(serial: number): boolean {
    return this.#keyAt(serial).some((byte) => byte !== 0);
  }

  /** Whether the phone with this key has it. */
  isOf(serial: number, key: Uint8Array): boolean {
    const kept = this.#keyAt(serial);
    return kept.length === key.length && kept.every((byte, at) => byte === key[at]);
  }

  /** How often it has moved from one phone to another since it was last free. */
  movesOf(serial: number): number {
    return this.#moves[serial - 1] ?? 0;
  }

  bind(serial: number, key: Uint8Array): void {
    this.#makeRoom(serial);
    if (this.isBound(serial) && !this.isOf(serial, key)) this.#moves[serial - 1]! += 1;
    this.#keyAt(serial).set(key);
  }

  free(serial: number): void {
    this.#makeRoom(serial);
    this.#keyAt(serial).fill(0);
    this.#moves[serial - 1] = 0;
  }

  plain(): PlainHolders {
    const rows = this.#moves.length;
    return {
      keys: bytesOf(this.#keys, rows * publicKeyBytes),
      moves: plainColumn(this.#moves, rows),
    };
  }

  /** Empty beyond the last serial that a phone has. */
  #keyAt(serial: number): Uint8Array {
    return this.#keys.subarray((serial - 1) * publicKeyBytes, serial * publicKeyBytes);
  }

  #makeRoom(tickets: number): void {
    if (tickets <= this.#moves.length) return;
    const rows = rowsFor(tickets);
    this.#keys = grown(this.#keys, new Uint8Array(rows * publicKeyBytes));
    this.#moves = grown(this.#moves, new Uint8Array(rows));
  }
}
