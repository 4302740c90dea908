import type { ScannerDatabase } from '../store/database.ts';

/** A block of name cards as the server sent it; whatever is read back is looked at again. */
export interface StoredBlock {
  readonly block: number;
  readonly bytes: Uint8Array;
  /** All tickets sold by then had serials below. */
  readonly issued: number;
  /** By the server's time. */
  readonly fetchedAt: number;
}

/** Where blocks of cards are kept. */
export interface CardShelf {
  all(): Promise<readonly StoredBlock[]>;
  get(block: number): Promise<StoredBlock | undefined>;
  /** In place of the one of its number. */
  put(stored: StoredBlock): Promise<void>;
  clear(): Promise<void>;
}

export function shelfIn(database: ScannerDatabase): CardShelf {
  return {
    all: () => database.getAll('cards'),
    get: (block) => database.get('cards', block),
    put: async (stored) => void (await database.put('cards', stored)),
    clear: () => database.clear('cards'),
  };
}
