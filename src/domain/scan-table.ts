import type { DeviceId } from '@ingressou/protocol';
import { limits } from '@ingressou/protocol';
import {
  decodeScan,
  encodeScan,
  type ReceivedScan,
  scanBytes,
} from '@ingressou/protocol/admission';
import { assert } from './assert.ts';
import { bytesOf, fill, grown, rowsFor, rowsMin } from './columns.ts';
import { fillColumn, type PlainColumn, plainColumn } from './plain-column.ts';

/** Columns by row, in the order in which the scans were received. */
export interface PlainScans {
  readonly scan: Uint8Array;
  readonly device: PlainColumn;
  readonly position: PlainColumn;
  readonly receivedAt: PlainColumn;
  readonly flags: PlainColumn;
}

/** A scan that came in, with its device by number. */
export interface NumberedScan {
  readonly scan: Omit<ReceivedScan, 'device'>;
  readonly device: number;
}

const suspect = 1;
const deviceRevoked = 2;
const withdrawn = 4;
const unissued = 8;
/** The serial of what was no ticket, and how `encodeScan` writes it: those of tickets begin at 1. */
const noSerial = 0;
const writtenNoSerial = 0xffffffff;

/**
 * Everybody who went through any gate, 52 bytes each, found by the ticket they came with. Nothing
 * is ever taken out: a row that its device takes back is marked.
 */
export class ScanTable {
  #scan = new Uint8Array(rowsMin * scanBytes);
  #device = new Uint32Array(rowsMin);
  #position = new Float64Array(rowsMin);
  #receivedAt = new Float64Array(rowsMin);
  #flags = new Uint8Array(rowsMin);
  /** The row before in the list of its serial. */
  #before = new Int32Array(rowsMin);
  /** The newest row of each list, plus one. */
  #newest = new Int32Array(rowsMin);
  #rows = 0;

  constructor(saved?: PlainScans) {
    if (saved === undefined) return;
    this.#makeRoom(saved.flags.rows);
    fill(this.#scan, saved.scan);
    fillColumn(this.#device, saved.device);
    fillColumn(this.#position, saved.position);
    fillColumn(this.#receivedAt, saved.receivedAt);
    fillColumn(this.#flags, saved.flags);
    for (let row = 0; row < saved.flags.rows; row += 1) this.#link(row);
  }

  get rows(): number {
    return this.#rows;
  }

  add({ scan, device }: NumberedScan): number {
    const row = this.#rows;
    this.#makeRoom(row + 1);
    this.#scan.set(encodeScan(scan), row * scanBytes);
    this.#device[row] = device;
    this.#position[row] = scan.position;
    this.#receivedAt[row] = scan.receivedAt;
    const isOfRevoked = scan.isDeviceRevoked ? deviceRevoked : 0;
    const isOfNoTicket = scan.isUnissued ? unissued : 0;
    this.#flags[row] = (scan.isClockSuspect ? suspect : 0) | isOfRevoked | isOfNoTicket;
    this.#link(row);
    return row;
  }

  /** The device says that nobody went through after all. */
  withdraw(row: number): void {
    this.#flags[row]! |= withdrawn;
  }

  isWithdrawn(row: number): boolean {
    return (this.#flags[row]! & withdrawn) !== 0;
  }

  deviceAt(row: number): number {
    return this.#device[row]!;
  }

  at(row: number, deviceIds: readonly DeviceId[]): ReceivedScan {
    const scan = decodeScan(this.#scan.subarray(row * scanBytes, (row + 1) * scanBytes));
    const device = deviceIds[this.#device[row]!];
    assert(scan !== undefined && device !== undefined, 'a row is a scan of a device');
    const flags = this.#flags[row]!;
    return {
      device,
      position: this.#position[row]!,
      receivedAt: this.#receivedAt[row]!,
      isClockSuspect: (flags & suspect) !== 0,
      isDeviceRevoked: (flags & deviceRevoked) !== 0,
      isUnissued: (flags & unissued) !== 0,
      ...scan,
    };
  }

  /** The rows of a ticket, the newest first. */
  rowsOf(serial: number): number[] {
    const rows: number[] = [];
    let row = (this.#newest[listOf(serial)] ?? 0) - 1;
    for (; row >= 0; row = this.#before[row]!) if (this.#serialAt(row) === serial) rows.push(row);
    return rows;
  }

  /** Never false where there are some. */
  hasRowsOf(serial: number): boolean {
    return (this.#newest[serial] ?? 0) > 0;
  }

  plain(): PlainScans {
    return {
      scan: bytesOf(this.#scan, this.#rows * scanBytes),
      device: plainColumn(this.#device, this.#rows),
      position: plainColumn(this.#position, this.#rows),
      receivedAt: plainColumn(this.#receivedAt, this.#rows),
      flags: plainColumn(this.#flags, this.#rows),
    };
  }

  #serialAt(row: number): number {
    const written = numberAt(this.#scan, row * scanBytes + 14);
    return written === writtenNoSerial ? noSerial : written;
  }

  #link(row: number): void {
    const list = listOf(this.#serialAt(row));
    if (list >= this.#newest.length) {
      this.#newest = grown(this.#newest, new Int32Array(rowsFor(list + 1)));
    }
    this.#before[row] = this.#newest[list]! - 1;
    this.#newest[list] = row + 1;
    this.#rows = row + 1;
  }

  #makeRoom(rows: number): void {
    if (rows <= this.#flags.length) return;
    const room = rowsFor(rows);
    this.#scan = grown(this.#scan, new Uint8Array(room * scanBytes));
    this.#device = grown(this.#device, new Uint32Array(room));
    this.#position = grown(this.#position, new Float64Array(room));
    this.#receivedAt = grown(this.#receivedAt, new Float64Array(room));
    this.#flags = grown(this.#flags, new Uint8Array(room));
    this.#before = grown(this.#before, new Int32Array(room));
  }
}

/** In which list the rows of a serial are: numbers that no ticket can have share those of others. */
function listOf(serial: number): number {
  return serial <= limits.serialsMax ? serial : 1 + (serial % limits.serialsMax);
}

/** 32 bits, as `encodeScan` writes them. */
function numberAt(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
  );
}
