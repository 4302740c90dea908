import type { TicketStatus } from '@ingressou/protocol';
import { limits } from '@ingressou/protocol';
import { assert } from './assert.ts';
import { grown, rowsFor, rowsMin } from './columns.ts';
import { fillColumn, type PlainColumn, plainColumn } from './plain-column.ts';

/** Columns by serial, from serial 1 on. Whose they are is what the orders say: see `belong`. */
export interface PlainTickets {
  readonly lot: PlainColumn;
  readonly status: PlainColumn;
  readonly revision: PlainColumn;
}

/** The serials of a show: dense, from 1, in the order in which they were issued. */
export class TicketTable {
  /** The row of the order. */
  #order = new Uint32Array(rowsMin);
  /** The number of the lot. */
  #lot = new Uint32Array(rowsMin);
  #status = new Uint8Array(rowsMin);
  #revision = new Uint8Array(rowsMin);
  #next = 1;

  constructor(saved?: PlainTickets) {
    if (saved === undefined) return;
    this.#next = saved.status.rows + 1;
    this.#makeRoom(saved.status.rows);
    fillColumn(this.#lot, saved.lot);
    fillColumn(this.#status, saved.status);
    fillColumn(this.#revision, saved.revision);
  }

  /** The serial of the next ticket. */
  get next(): number {
    return this.#next;
  }

  /** Whether so many more fit. */
  hasRoom(count: number): boolean {
    return this.#next + count - 1 <= limits.serialsMax;
  }

  issue(order: number, lot: number): number {
    assert(this.hasRoom(1), 'a show has no more tickets than serials');
    const serial = this.#next;
    this.#makeRoom(serial);
    this.#order[serial - 1] = order;
    this.#lot[serial - 1] = lot;
    this.#status[serial - 1] = statusOfValid;
    this.#next += 1;
    return serial;
  }

  /** After loading: these tickets were issued for the order in this row. */
  belong(order: number, from: number, count: number): void {
    for (let serial = from; serial < from + count; serial += 1) this.#order[serial - 1] = order;
  }

  /** Leaves serials out: what was issued under them may have been lost. */
  skip(count: number): void {
    this.#next = Math.min(this.#next + count, limits.serialsMax);
    this.#makeRoom(this.#next - 1);
  }

  /** Whether there is such a ticket, valid or not. */
  isIssued(serial: number): boolean {
    return (this.#status[serial - 1] ?? 0) !== 0;
  }

  isValid(serial: number): boolean {
    return this.#status[serial - 1] === statusOfValid;
  }

  revoke(serial: number): void {
    assert(this.isValid(serial), 'a ticket is revoked once');
    this.#status[serial - 1] = statusOfRevoked;
  }

  statusAt(serial: number): TicketStatus {
    return this.isValid(serial) ? 'valid' : 'revoked';
  }

  /** The row of the order of an issued serial. */
  orderAt(serial: number): number {
    return this.#order[serial - 1]!;
  }

  /** The number of its lot. */
  lotAt(serial: number): number {
    return this.#lot[serial - 1]!;
  }

  revisionAt(serial: number): number {
    return this.#revision[serial - 1]!;
  }

  /** Codes of earlier revisions are void. */
  reissue(serial: number): void {
    assert(this.isValid(serial), 'only a valid ticket is issued again');
    assert(this.revisionAt(serial) < revisionMax, 'a ticket is issued again so often');
    this.#revision[serial - 1]! += 1;
  }

  /** Those that were issued again, in ascending order. */
  reissued(): [serial: number, revision: number][] {
    const found: [number, number][] = [];
    for (let serial = 1; serial < this.#next; serial += 1) {
      const revision = this.#revision[serial - 1]!;
      if (revision > 0) found.push([serial, revision]);
    }
    return found;
  }

  plain(): PlainTickets {
    const rows = this.#next - 1;
    return {
      lot: plainColumn(this.#lot, rows),
      status: plainColumn(this.#status, rows),
      revision: plainColumn(this.#revision, rows),
    };
  }

  #makeRoom(tickets: number): void {
    if (tickets <= this.#status.length) return;
    const rows = rowsFor(tickets);
    this.#order = grown(this.#order, new Uint32Array(rows));
    this.#lot = grown(this.#lot, new Uint32Array(rows));
    this.#status = grown(this.#status, new Uint8Array(rows));
    this.#revision = grown(this.#revision, new Uint8Array(rows));
  }
}

/** What a column of bytes can tell. */
export const revisionMax = 255;
/** A serial that was left out is 0. */
const statusOfValid = 1;
const statusOfRevoked = 2;
