import { describe, expect, it } from 'vitest';
import { newKeyPair, signerOf, verifyOnNode } from '../../src/workers/tickets/node-ed25519.ts';
import { event, ticketNumber } from '../test/golden-ground.ts';
import type { HolderKey } from './holder-key.ts';
import {
  bindTicket,
  KeyError,
  keyRing,
  rotatingCode,
  rotatingCodeLength,
  slotAt,
  slotMs,
  verifyTicket,
} from './ticket.ts';
import { newHolderKey, newSecretKey, signAsHolder } from './ticket-browser.ts';

const now = 1_767_225_600_000;
const show = newKeyPair();
const sign = signerOf(show.privateKey);
const ring = keyRing(event, [{ keyId: 1, publicKey: show.publicKey, isRevoked: false }]);
const ticket = { ...ticketNumber(0), keyId: 1 };

describe('A rotating code', () => {
  it.each<[string, () => Promise<HolderKey>]>([
    ["the browser's own", newHolderKey],
    ['a secret one', newSecretKey],
  ])('made with %s key is the ticket, in its moment', async (_, newKey) => {
    const key = await newKey();
    const bound = bindTicket(ticket, key.publicKey, sign);
    const code = await rotatingCode(bound, now, (message) => signAsHolder(key, message));
    expect(code).toHaveLength(rotatingCodeLength);
    expect(await verifyTicket(code, ring, verifyOnNode, now)).toEqual({
      isGenuine: true,
      ticket: { ...ticket, isRotating: true },
    });
    const late = await verifyTicket(code, ring, verifyOnNode, now + 2 * slotMs);
    expect(late).toMatchObject({ isGenuine: false, reason: 'stale_code' });
  });

  it('fits version 10 of QR at level M', () => {
    expect(rotatingCodeLength).toBeLessThanOrEqual(311);
  });

  it('has a key that its page cannot read', async () => {
    const key = await newHolderKey();
    if (key.kind !== 'native') throw new Error(key.kind);
    expect(key.privateKey.extractable).toBe(false);
  });

  it('is another one in each slot', async () => {
    const key = await newHolderKey();
    const bound = bindTicket(ticket, key.publicKey, sign);
    const at = (time: number) => rotatingCode(bound, time, (message) => signAsHolder(key, message));
    expect(await at(now)).toBe(await at(now + 1));
    expect(await at(now)).not.toBe(await at(now + slotMs));
    expect(slotAt(now + slotMs)).toBe(slotAt(now) + 1);
  });

  it('is not made of a key that nobody should rely on, or of what is no bound ticket', async () => {
    expect(() => bindTicket(ticket, new Uint8Array(32), sign)).toThrow(KeyError);
    await expect(rotatingCode('V50', now, async () => new Uint8Array(64))).rejects.toThrow(
      'no bound ticket',
    );
  });
});
