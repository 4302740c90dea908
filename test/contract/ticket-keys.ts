import type { EventId } from '@ingressou/protocol';
import { importKey } from '@ingressou/protocol/ticket';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SigningKeys, TicketKeys } from '../../src/ports/ticket-keys.ts';
import { signerOf, verifyOnNode } from '../../src/workers/tickets/node-ed25519.ts';
import { newEvent } from './rows.ts';

export interface OpenTicketKeys {
  readonly keys: TicketKeys;
  readonly signing: SigningKeys;
  /** As another process has them. */
  readonly others: SigningKeys;
  create(event: EventId): Promise<void>;
  /** Says that the show's history was restored from a backup. */
  restore(event: EventId): Promise<void>;
  close(): Promise<void>;
}

/** What all TicketKeys and SigningKeys promise. An adapter is done when this passes. */
export function describeTicketKeys(name: string, open: () => Promise<OpenTicketKeys>): void {
  describe(`${name} keep the contracts of TicketKeys and SigningKeys`, () => {
    let opened: OpenTicketKeys;
    let keys: TicketKeys;
    let signing: SigningKeys;
    let event: EventId;

    beforeAll(async () => {
      opened = await open();
      ({ keys, signing } = opened);
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      event = newEvent();
      await opened.create(event);
    });

    const ids = async () => (await keys.list(event)).map(({ keyId }) => keyId);
    const isSigned = async () => {
      const { keyId, privateKey } = await signing.current(event);
      const listed = (await keys.list(event)).find((key) => key.keyId === keyId);
      const message = Uint8Array.of(1, 2, 3);
      const signature = signerOf(privateKey)(message);
      return await verifyOnNode(signature, message, importKey(listed!.publicKey));
    };

    it('make the first key when it is needed, and no other', async () => {
      expect(await keys.list(event)).toEqual([]);
      const first = await signing.current(event);
      expect(first.keyId).toBe(1);
      expect(await signing.current(event)).toEqual(first);
      expect(await opened.others.current(event)).toEqual(first);
      expect(await keys.list(event)).toEqual([
        {
          keyId: 1,
          publicKey: expect.any(Uint8Array),
          generation: 1,
          createdAt: expect.any(Number),
          retiredAt: undefined,
          revokedAt: undefined,
        },
      ]);
      expect(await isSigned()).toBe(true);
    });

    it('give everybody the same one, however many need the first at once', async () => {
      const both = [signing, opened.others];
      const found = await Promise.all(
        Array.from({ length: 12 }, (_, at) => both[at % 2]!.current(event)),
      );
      expect(new Set(found.map((key) => Buffer.from(key.privateKey).toString('hex'))).size).toBe(1);
      expect(await ids()).toEqual([1]);
    });

    it('are not shared by shows', async () => {
      const other = newEvent();
      await opened.create(other);
      const [mine, theirs] = [await signing.current(event), await signing.current(other)];
      expect(mine.privateKey).not.toEqual(theirs.privateKey);
      expect(await keys.revoke(other, 1)).toBe(true);
      expect(await signing.current(event)).toEqual(mine);
    });

    it('rotate: the next signature has a new key, the old one stays good', async () => {
      expect(await keys.rotate(event)).toBe(false);
      await signing.current(event);
      expect(await keys.rotate(event)).toBe(true);
      expect(await keys.rotate(event)).toBe(false);
      expect((await opened.others.current(event)).keyId).toBe(2);
      const [first, second] = await keys.list(event);
      expect(first).toMatchObject({
        keyId: 1,
        retiredAt: expect.any(Number),
        revokedAt: undefined,
      });
      expect(second).toMatchObject({ keyId: 2, retiredAt: undefined });
      expect(await isSigned()).toBe(true);
    });

    it('give everybody the same new one after a rotation', async () => {
      await signing.current(event);
      await Promise.all([keys.rotate(event), keys.rotate(event)]);
      const both = await Promise.all([signing.current(event), opened.others.current(event)]);
      expect(both.map(({ keyId }) => keyId)).toEqual([2, 2]);
    });

    it('revoke a key once, the one that signs or one that did', async () => {
      await signing.current(event);
      expect(await keys.revoke(event, 7)).toBe(false);
      expect(await keys.revoke(event, 1)).toBe(true);
      expect(await keys.revoke(event, 1)).toBe(false);
      expect((await signing.current(event)).keyId).toBe(2);
      await keys.rotate(event);
      expect(await keys.revoke(event, 2)).toBe(true);
      expect(await keys.list(event)).toMatchObject([
        { keyId: 1, retiredAt: undefined, revokedAt: expect.any(Number) },
        { keyId: 2, retiredAt: expect.any(Number), revokedAt: expect.any(Number) },
      ]);
    });

    it('begin another block of ids when the history was restored', async () => {
      const first = await signing.current(event);
      await opened.restore(event);
      const next = await signing.current(event);
      expect(next.keyId).toBe(257);
      expect(next.privateKey).not.toEqual(first.privateKey);
      await keys.rotate(event);
      expect((await signing.current(event)).keyId).toBe(258);
      expect((await keys.list(event)).map(({ generation }) => generation)).toEqual([1, 2, 2]);
    });

    it('say that there is no show when there is none', async () => {
      await expect(signing.current(newEvent())).rejects.toThrow('There is no show');
      expect(await keys.list(newEvent())).toEqual([]);
    });
  });
}
