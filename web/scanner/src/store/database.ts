import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Enrolment } from '../enrolment.ts';
import type { Place } from '../gate/place.ts';
import type { LogRow, LogState } from './log-rows.ts';

/**
 * Everything a scanner keeps. Nothing of it is about a person: tickets are numbers, and name cards
 * are sealed, each for whoever has the ticket.
 */
export interface ScannerData extends DBSchema {
  enrolment: { key: typeof only; value: Enrolment };
  place: { key: typeof only; value: Place };
  /** How far the log is, beside its rows so that one transaction moves both. */
  state: { key: typeof only; value: LogState };
  log: { key: number; value: LogRow };
  /** By checkpoint, as they were signed: whatever is read back is verified again. */
  packages: { key: number; value: StoredPackage };
  cards: { key: number; value: StoredBlock };
}

export interface StoredPackage {
  readonly bytes: Uint8Array;
  /** Each changes what came before it. */
  readonly deltas: readonly Uint8Array[];
}

/** A block of name cards as the server sent it; whatever is read back is looked at again. */
export interface StoredBlock {
  readonly block: number;
  readonly bytes: Uint8Array;
  /** All tickets sold by then had serials below. */
  readonly issued: number;
  /** By the server's time. */
  readonly fetchedAt: number;
}

export type ScannerDatabase = IDBPDatabase<ScannerData>;

/** The key of what there is one of. */
export const only = 'only';
const name = 'ingressou-scanner';
const version = 2;

/** @throws {DOMException} the browser keeps nothing for this page */
export function openDatabase(onTerminated: () => void): Promise<ScannerDatabase> {
  return openDB<ScannerData>(name, version, {
    upgrade(database, before) {
      if (before < 1) {
        database.createObjectStore('enrolment');
        database.createObjectStore('place');
        database.createObjectStore('state');
        database.createObjectStore('log', { keyPath: 'seq' });
        database.createObjectStore('packages');
      }
      database.createObjectStore('cards', { keyPath: 'block' });
    },
    // The browser took it away while it was open: the operator has to know at once.
    terminated: onTerminated,
  });
}
