import type { EventId } from '@ingressou/protocol';
import {
  type OfflinePackage,
  type PackageFault,
  type PackageHead,
  sealPackage,
} from '@ingressou/protocol/admission';
import { eventNumber, type ListedKey } from '@ingressou/protocol/ticket';
import { beforeEach, describe, expect, it } from 'vitest';
import { packageOf } from '../../../protocol/test/packages.ts';
import { noon } from '../../../protocol/test/scans.ts';
import { newKeyPair, signerOf, verifyOnNode } from '../../../src/workers/tickets/node-ed25519.ts';
import { ScannerStore } from '../../../test/setup/scanner-store.ts';
import { takeNewest } from './newest-package.ts';
import { PackageKeeper } from './package-keeper.ts';

// A server that rotates and revokes its keys, and a scanner that was enrolled before it did.

const event = '01938f2e-0000-7000-8000-000000000001' as EventId;
const pairs = new Map([2, 3, 4].map((keyId) => [keyId, newKeyPair()] as const));

let store: ScannerStore;
let keeper: PackageKeeper;
/** As the scanner keeps them on its disk. */
let kept: readonly ListedKey[];
/** As the server has them; the last one signs. */
let keys: readonly ListedKey[];
let position: number;
/** How often it was asked for each. */
let asked: { packages: number; keys: number };

beforeEach(async () => {
  store = new ScannerStore();
  [kept, keys, position] = [[keyOf(2)], [keyOf(2)], 500];
  keeper = opened();
  asked = { packages: 0, keys: 0 };
  await round();
});

describe('the newest package', () => {
  it.each([
    { story: 'a rotation', now: () => [keyOf(2), keyOf(3)], isOldGood: true },
    { story: 'a revocation', now: () => [keyOf(2, true), keyOf(3)], isOldGood: false },
    { story: 'a restore that knows the old key no more', now: () => [keyOf(3)], isOldGood: false },
  ])('is taken after $story, and the old key is believed as the server says', async (row) => {
    keys = row.now();
    expect(await round()).toBeUndefined();
    expect(keeper.current.value?.position).toBe(501);
    const old = keeper.ring.keys.get(2);
    expect(old !== undefined && !old.isRevoked).toBe(row.isOldGood);
    expect(asked).toEqual({ packages: 3, keys: 1 });
  });

  it('opens again when the device was off in between', async () => {
    keys = [keyOf(2, true), keyOf(3)];
    await round();
    const again = opened();
    await again.load();
    expect([again.fault.value, again.current.value?.position]).toEqual([undefined, 501]);
    expect(again.ring.keys.get(2)?.isRevoked).toBe(true);
  });

  it('is taken when the key that signed the one before is revoked only later', async () => {
    keys = [keyOf(2), keyOf(3)];
    await round();
    keys = [keyOf(2), keyOf(3, true), keyOf(4)];
    expect(await round()).toBeUndefined();
    expect(keeper.ring.keys.get(3)?.isRevoked).toBe(true);
  });

  it('is asked for twice in a round at most, and what is held stays', async () => {
    const fault = await round([keyOf(3)], [keyOf(2)]);
    expect(fault).toBe('unknown_key');
    expect(asked).toEqual({ packages: 3, keys: 1 });
    expect(keeper.current.value?.position).toBe(500);
  });

  it('changes nothing when the keys cannot be kept', async () => {
    keys = [keyOf(2, true), keyOf(3)];
    store.isFull = true;
    await expect(round()).rejects.toThrow('full');
    expect([kept, keeper.ring.keys.get(2)?.isRevoked]).toEqual([[keyOf(2)], false]);
    store.isFull = false;
    expect(await round()).toBeUndefined();
  });

  it('makes no key good again that the server called void', async () => {
    keys = [keyOf(2), keyOf(3)];
    await round();
    keeper.believe([keyOf(2, true), keyOf(3)]);
    // Made a moment before, and kept by the server.
    await round();
    expect(keeper.ring.keys.get(2)?.isRevoked).toBe(true);
  });
});

/** The server signs with the last of `signing`, and tells `told` when it is asked for its keys. */
async function round(signing = keys, told = keys): Promise<PackageFault | undefined> {
  await takeNewest(keeper, {
    fetchPackage: async () => {
      asked.packages += 1;
      return { isDelta: false, bytes: sealed(signing, { position }), hasCards: false };
    },
    fetchKeys: async () => {
      asked.keys += 1;
      return told;
    },
    keepKeys: async (listed) => {
      await store.put('enrolment', listed, 'only');
      kept = listed;
    },
  });
  position += 1;
  return keeper.fault.value;
}

function opened(): PackageKeeper {
  return new PackageKeeper(1, {
    event,
    keys: kept,
    database: store.database,
    verify: verifyOnNode,
    now: () => noon + 60_000,
  });
}

function keyOf(keyId: number, isRevoked = false): ListedKey {
  return { keyId, publicKey: pairOf(keyId).publicKey, isRevoked };
}

function sealed(signing: readonly ListedKey[], changes: Partial<PackageHead>): Uint8Array {
  const shares = { used: 0, revoked: 0, outside: 0 };
  const about: Partial<OfflinePackage> = { event: eventNumber(event), keys: signing, ...changes };
  const { keyId = 0 } = signing.at(-1) ?? {};
  return sealPackage(packageOf(100, shares, about), keyId, signerOf(pairOf(keyId).privateKey));
}

function pairOf(keyId: number) {
  const pair = pairs.get(keyId);
  if (pair === undefined) throw new Error(`There is no pair ${keyId}.`);
  return pair;
}
