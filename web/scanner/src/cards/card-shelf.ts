import type { ScannerDatabase, StoredBlock } from '../store/database.ts';

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
