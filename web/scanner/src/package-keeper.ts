import type { EventId } from '@ingressou/protocol';
import {
  applyDelta,
  type OfflinePackage,
  openDelta,
  openPackage,
  type PackageFault,
} from '@ingressou/protocol/admission';
import {
  importKey,
  type KeyRing,
  keyRing,
  type ListedKey,
  type Verify,
} from '@ingressou/protocol/ticket';
import { signal } from '@preact/signals';
import type { ScannerDatabase } from './store/database.ts';

/** Deltas behind one package: an hour of them, and opened again in a moment. */
const deltasMax = 240;

export interface PackageKeeperOptions {
  readonly event: EventId;
  /** Those that the server told last; packages bring newer ones. */
  readonly keys: readonly ListedKey[];
  readonly database: ScannerDatabase;
  readonly verify: Verify;
  readonly now: () => number;
}

/**
 * The newest package of one checkpoint, opened, and on the disk as it was signed. Deltas are kept
 * behind the package they change until a whole one comes.
 */
export class PackageKeeper {
  readonly current = signal<OfflinePackage | undefined>(undefined);
  /** Why the last one was not taken. */
  readonly fault = signal<PackageFault | undefined>(undefined);
  readonly checkpoint: number;
  ring: KeyRing;
  #deltas = 0;
  readonly #options: PackageKeeperOptions;

  constructor(checkpoint: number, options: PackageKeeperOptions) {
    this.checkpoint = checkpoint;
    this.#options = options;
    this.ring = keyRing(options.event, options.keys);
  }

  /** What was kept, judged anew: a package may have grown too old since, or been damaged. */
  async load(): Promise<void> {
    const kept = await this.#options.database.get('packages', this.checkpoint);
    if (kept === undefined) return;
    // Too old to admit by, it still knows who may not come in.
    const since = { ...this.#expected(undefined), now: 0 };
    const opened = await openPackage(kept.bytes, since);
    if (typeof opened === 'string') {
      this.fault.value = opened;
      return;
    }
    this.#use(opened);
    this.#deltas = kept.deltas.length;
    for (const bytes of kept.deltas) await this.#apply(bytes, 0);
  }

  /**
   * The show's keys as the server tells them, in place of all that were believed: one that it does
   * not name, or calls void, is not believed any more.
   *
   * @throws {KeyError} one of them is no key to rely on: then all is as it was
   */
  believe(keys: readonly ListedKey[]): void {
    this.ring = keyRing(this.#options.event, keys);
  }

  /** What a delta may change; undefined when a whole package is wanted: there are many deltas. */
  base = (): OfflinePackage | undefined =>
    this.#deltas < deltasMax ? this.current.value : undefined;

  /** A whole package from the server. Undefined when it is taken. */
  async take(bytes: Uint8Array): Promise<PackageFault | undefined> {
    const opened = await openPackage(bytes, this.#expected(this.current.value));
    if (typeof opened === 'string') return this.#refuse(opened);
    await this.#options.database.put('packages', { bytes, deltas: [] }, this.checkpoint);
    this.#deltas = 0;
    this.#use(opened);
    return undefined;
  }

  /** What has changed since. Undefined when it is taken. */
  async takeDelta(bytes: Uint8Array): Promise<PackageFault | undefined> {
    const fault = await this.#apply(bytes, this.#options.now());
    if (fault !== undefined) return this.#refuse(fault);
    const kept = await this.#options.database.get('packages', this.checkpoint);
    if (kept === undefined) return undefined;
    const deltas = [...kept.deltas, bytes];
    this.#deltas = deltas.length;
    await this.#options.database.put('packages', { ...kept, deltas }, this.checkpoint);
    return undefined;
  }

  async #apply(bytes: Uint8Array, now: number): Promise<PackageFault | undefined> {
    const base = this.current.value;
    if (base === undefined) return 'outdated';
    const delta = await openDelta(bytes, { ...this.#expected(base), now });
    if (typeof delta === 'string') return delta;
    const applied = applyDelta(base, delta);
    if (applied === undefined) return 'outdated';
    this.#use(applied);
    return undefined;
  }

  #use(whole: OfflinePackage): void {
    const known = new Map(this.ring.keys);
    for (const { keyId, publicKey, isRevoked } of whole.keys) {
      const before = known.get(keyId);
      // A package may be older than what the server said of its keys.
      const isVoid = isRevoked || (before?.isRevoked ?? false);
      known.set(keyId, { key: before?.key ?? importKey(publicKey), isRevoked: isVoid });
    }
    this.ring = { event: this.ring.event, keys: known };
    this.fault.value = undefined;
    this.current.value = whole;
  }

  #refuse(fault: PackageFault): PackageFault {
    this.fault.value = fault;
    return fault;
  }

  #expected(held: OfflinePackage | undefined) {
    const { verify, now } = this.#options;
    const expected = { ring: this.ring, checkpoint: this.checkpoint, now: now(), verify };
    return held === undefined ? expected : { ...expected, held };
  }
}
