import type { ScannerDatabase } from './store/database.ts';
import { only } from './store/database.ts';
import { emptyState } from './store/log-rows.ts';

/** What a scanner must be able to do, looked at when it opens and again when somebody asks. */
export interface SelfTest {
  /** Something was written and read back. */
  readonly isWritable: boolean;
  /** The browser has promised not to make room by throwing the scans away. */
  readonly isPersisted: boolean;
  /** It opens without a network. */
  readonly isInstalled: boolean;
  /** This device was a scanner, and its memory is gone. */
  readonly hasLostMemory: boolean;
}

/** Outside of IndexedDB, and so still there when a browser has thrown only that away. */
const mark = 'ingressou.scanner.device';

export async function selfTest(database: ScannerDatabase): Promise<SelfTest> {
  const enrolment = await database.get('enrolment', only);
  const marked = readMark();
  return {
    isWritable: await canWrite(database),
    isPersisted: await persisted(),
    isInstalled: await hasServiceWorker(),
    hasLostMemory: marked !== undefined && marked !== enrolment?.device,
  };
}

/** Remembers that this browser is a scanner, or that it is none any more. */
export function setMark(device: string | undefined): void {
  try {
    if (device === undefined) localStorage.removeItem(mark);
    else localStorage.setItem(mark, device);
  } catch {
    // A browser may forbid it; then the loss of the memory cannot be noticed, as before.
  }
}

function readMark(): string | undefined {
  try {
    return localStorage.getItem(mark) ?? undefined;
  } catch {
    // As above.
    return undefined;
  }
}

/** With what is there already, so that a test is never mistaken for a scan. */
async function canWrite(database: ScannerDatabase): Promise<boolean> {
  try {
    const write = database.transaction('state', 'readwrite');
    const state = (await write.store.get(only)) ?? emptyState;
    await write.store.put(state, only);
    await write.done;
    return true;
  } catch {
    // Whatever it is, full or forbidden: scans cannot be kept.
    return false;
  }
}

async function persisted(): Promise<boolean> {
  const { storage } = navigator;
  if (storage?.persist === undefined) return false;
  return (await storage.persisted()) || (await storage.persist());
}

async function hasServiceWorker(): Promise<boolean> {
  const registration = await navigator.serviceWorker?.getRegistration();
  return registration?.active !== undefined && registration.active !== null;
}
