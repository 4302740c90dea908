import type { EventId } from '@ingressou/protocol';
import {
  Bitmap,
  deltaBetween,
  type OfflinePackage,
  sealDelta,
  sealPackage,
} from '@ingressou/protocol/admission';
import { eventNumber } from '@ingressou/protocol/ticket';
import { beforeEach, describe, expect, it } from 'vitest';
import { packageOf } from '../../../protocol/test/packages.ts';
import { noon } from '../../../protocol/test/scans.ts';
import { newKeyPair, signerOf, verifyOnNode } from '../../../src/workers/tickets/node-ed25519.ts';
import { ScannerStore } from '../../../test/setup/scanner-store.ts';
import { PackageKeeper } from './package-keeper.ts';

// What a scanner holds, what it takes instead, and what is left of it after a night in a box.

const event = '01938f2e-0000-7000-8000-000000000001' as EventId;
const pair = newKeyPair();
const sign = signerOf(pair.privateKey);
const keys = [{ keyId: 2, publicKey: pair.publicKey, isRevoked: false }];

let store: ScannerStore;
let now: number;
let keeper: PackageKeeper;

beforeEach(() => {
  store = new ScannerStore();
  now = noon + 60_000;
  keeper = opened();
});

describe('the keeper of packages', () => {
  it('holds what it took, and opens it again without a network', async () => {
    expect(await keeper.take(sealPackage(whole(), 2, sign))).toBeUndefined();
    const delta = deltaBetween(whole(), later());
    if (delta === undefined) throw new Error('There is a change.');
    expect(await keeper.takeDelta(sealDelta(delta, 2, sign))).toBeUndefined();
    const again = opened();
    await again.load();
    expect(again.current.value).toMatchObject({ position: 600 });
    expect(again.current.value?.used.has(7)).toBe(true);
  });

  it('still knows who may not come in when it has grown too old', async () => {
    await keeper.take(sealPackage(whole(), 2, sign));
    now = noon + 24 * 3_600_000;
    const again = opened();
    await again.load();
    expect(again.current.value).toMatchObject({ position: 500, validUntil: noon + 3_600_000 });
  });

  it.each([
    ['was damaged', sealed().with(60, 255 - (sealed()[60] ?? 0)), 'bad_signature'],
    ['broke off', sealed().subarray(0, 40), 'truncated'],
    ['is of another show', sealed({ event: (eventNumber(event) ^ 1) >>> 0 }), 'wrong_event'],
    ['is of another checkpoint', sealed({ checkpoint: 2 }), 'wrong_checkpoint'],
    ['is older than what it has', sealed({ position: 400 }), 'outdated'],
    [
      'is signed by somebody else',
      sealPackage(whole(), 2, signerOf(newKeyPair().privateKey)),
      'bad_signature',
    ],
  ])('keeps what it has when the new one %s', async (_, bytes, fault) => {
    await keeper.take(sealPackage(whole(), 2, sign));
    expect(await keeper.take(bytes)).toBe(fault);
    expect(keeper.fault.value).toBe(fault);
    expect(keeper.current.value?.position).toBe(500);
    const again = opened();
    await again.load();
    expect(again.current.value?.position).toBe(500);
  });

  it('takes no change of what it does not hold', async () => {
    const delta = deltaBetween(whole(), later());
    if (delta === undefined) throw new Error('There is a change.');
    const bytes = sealDelta(delta, 2, sign);
    expect(await keeper.takeDelta(bytes)).toBe('outdated');
    expect(keeper.current.value).toBeUndefined();
  });

  it('has nothing when the browser threw it away, and says when it is damaged', async () => {
    await keeper.take(sealPackage(whole(), 2, sign));
    store.rows.packages.clear();
    const empty = opened();
    await empty.load();
    expect([empty.current.value, empty.fault.value]).toEqual([undefined, undefined]);
    store.rows.packages.set(1, { bytes: sealed().subarray(0, 40), deltas: [] });
    const damaged = opened();
    await damaged.load();
    expect([damaged.current.value, damaged.fault.value]).toEqual([undefined, 'truncated']);
  });

  it('wants a whole one when there are as many changes as there may be', async () => {
    await keeper.take(sealPackage(whole(), 2, sign));
    expect(keeper.base()?.position).toBe(500);
    const kept = store.rows.packages.get(1) as object;
    store.rows.packages.set(1, { ...kept, deltas: Array(240).fill(new Uint8Array(3)) });
    const full = opened();
    await full.load();
    expect(full.current.value?.position).toBe(500);
    expect(full.base()).toBeUndefined();
  });
});

function opened(): PackageKeeper {
  return new PackageKeeper(1, {
    event,
    keys,
    database: store.database,
    verify: verifyOnNode,
    now: () => now,
  });
}

function whole(changes: Partial<OfflinePackage> = {}): OfflinePackage {
  const shares = { used: 0, revoked: 0, outside: 0 };
  return packageOf(100, shares, { event: eventNumber(event), keys, ...changes });
}

/** The same a little later: ticket 7 has come in. */
function later(): OfflinePackage {
  return whole({ position: 600, madeAt: noon + 30_000, used: Bitmap.of([7]), occupancy: 1 });
}

function sealed(changes: Partial<OfflinePackage> = {}): Uint8Array {
  return sealPackage(whole(changes), 2, sign);
}
