import type { EventId } from '@ingressou/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { SteppedClock } from '../../test/setup/stepped-clock.ts';
import { type TicketKey, TicketKeysUnavailableError } from '../ports/ticket-keys.ts';
import { newKeyPair } from '../workers/tickets/node-ed25519.ts';
import { KeyRings } from './key-rings.ts';

const event = '01938f2e-0000-7000-8000-000000000001' as EventId;
let clock: SteppedClock;
let rings: KeyRings;
let keys: TicketKey[];
let reads: number;
let isDown: boolean;

beforeEach(() => {
  clock = new SteppedClock(Date.UTC(2026, 10, 23));
  [keys, reads, isDown] = [[], 0, false];
  const list = async () => {
    reads += 1;
    if (isDown) throw new TicketKeysUnavailableError({ cause: 'the database is away' });
    return keys;
  };
  rings = new KeyRings({ keys: { list }, clock });
});

describe('The keys of a show', () => {
  it('are read once for all who ask, and kept for some seconds', async () => {
    await Promise.all([rings.ring(event), rings.ring(event), rings.ring(event)]);
    expect([reads, rings.atHand(event)?.keys.size]).toEqual([1, 0]);
    await clock.advance(5_000);
    expect(rings.atHand(event)).toBeUndefined();
    await rings.ring(event);
    expect(reads).toBe(2);
  });

  it('are read again before they are too old, while those at hand are still used', async () => {
    await rings.ring(event);
    keys = [keyOf(1)];
    await clock.advance(3_000);
    const sizes = [rings.atHand(event)?.keys.size, rings.atHand(event)?.keys.size];
    await clock.settle();
    expect([...sizes, rings.atHand(event)?.keys.size, reads]).toEqual([0, 0, 1, 2]);
  });

  it('that cannot be read again are asked for once, used until they are too old, and then not', async () => {
    await rings.ring(event);
    isDown = true;
    await clock.advance(4_999);
    for (const _scan of [1, 2, 3]) {
      expect(rings.atHand(event)).toBeDefined();
      await clock.settle();
    }
    expect(reads).toBe(2);
    await clock.advance(1);
    expect(rings.atHand(event)).toBeUndefined();
    await expect(rings.ring(event)).rejects.toThrow(TicketKeysUnavailableError);
  });

  it('are read again for a ticket whose key is younger, and not for each that is made up', async () => {
    await rings.ring(event);
    keys = [keyOf(1)];
    const asked = [rings.newerRing(event), rings.newerRing(event), rings.newerRing(event)];
    const found = await clock.until(Promise.all(asked));
    expect(found.map((ring) => ring.keys.size)).toEqual([1, 1, 1]);
    expect(reads).toBe(2);
  });

  it('that were revoked say so', async () => {
    keys = [{ ...keyOf(1), revokedAt: 1 }, keyOf(2)];
    const ring = await rings.ring(event);
    expect([1, 2].map((id) => ring.keys.get(id)?.isRevoked)).toEqual([true, false]);
    expect((await rings.list(event)).map(({ keyId }) => keyId)).toEqual([1, 2]);
  });
});

function keyOf(keyId: number): TicketKey {
  const { publicKey } = newKeyPair();
  const times = { createdAt: 0, retiredAt: undefined, revokedAt: undefined };
  return { keyId, publicKey, generation: 1, ...times };
}
