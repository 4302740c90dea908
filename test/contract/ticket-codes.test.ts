import type { EventId } from '@ingressou/protocol';
import { keyRing, verifyTicket } from '@ingressou/protocol/ticket';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { DataKey } from '../../src/store/data-keys.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { DatabaseSigningKeys } from '../../src/store/signing-keys.ts';
import { DatabaseTicketCodes } from '../../src/store/ticket-codes.ts';
import { DatabaseTicketKeys } from '../../src/store/ticket-keys.ts';
import { newKeyPair, verifyOnNode } from '../../src/workers/tickets/node-ed25519.ts';
import { TicketSigner, type UnsignedTicket } from '../../src/workers/tickets/signer.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { newEvent } from './rows.ts';
import { journalIn } from './stores.ts';
import { describeTicketCodes, type OpenTicketCodes } from './ticket-codes.ts';

describeTicketCodes('DatabaseTicketCodes on PGlite', async () => codesIn(await openPglite()));
describeSigner('PGlite', async () => codesIn(await openPglite()));

const url = inject('postgresUrl');
if (url === undefined) skipBecause('DatabaseTicketCodes on pg', inject('postgresMissing') ?? '');
else {
  describeTicketCodes('DatabaseTicketCodes on pg', () => codesIn(openPg(url)));
  describeSigner('pg', () => codesIn(openPg(url)));
}

async function codesIn(open: OpenDatabase): Promise<OpenTicketCodes> {
  const { create, close } = await journalIn(open);
  const { database } = open;
  const vault = DataKey.random();
  return {
    codes: new DatabaseTicketCodes(database),
    keys: new DatabaseTicketKeys(database),
    signing: new DatabaseSigningKeys({ database, vault, newKeyPair }),
    create,
    close,
  };
}

/** The signer over what it is made of. */
function describeSigner(name: string, open: () => Promise<OpenTicketCodes>): void {
  describe(`TicketSigner on ${name}`, () => {
    let opened: OpenTicketCodes;
    let event: EventId;
    let salt = 0;

    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      event = newEvent();
      await opened.create(event);
    });

    const newSigner = () =>
      new TicketSigner({
        ...opened,
        random: () => {
          salt += 1;
          return salt;
        },
      });

    const orderOf = (...serials: readonly number[]) => serials.map((serial) => ticketOf(serial));

    const verified = async (code: string) => {
      const listed = await opened.keys.list(event);
      const ring = keyRing(
        event,
        listed.map(({ revokedAt, ...key }) => ({ ...key, isRevoked: revokedAt !== undefined })),
      );
      return await verifyTicket(code, ring, verifyOnNode, 0);
    };

    it('signs the tickets of an order, each as it is', async () => {
      const order = [ticketOf(10), ticketOf(11, { price: 'half', isNominal: true, revision: 2 })];
      const codes = await newSigner().sign(event, order);
      expect(codes.map(({ serial, revision, keyId }) => [serial, revision, keyId])).toEqual([
        [10, 0, 1],
        [11, 2, 1],
      ]);
      for (const [at, { code }] of codes.entries()) {
        expect(await verified(code)).toMatchObject({ isGenuine: true, ticket: order[at] });
      }
    });

    it('gives a ticket one code, however many sign it at once and however often', async () => {
      const order = orderOf(1, 2, 3);
      const [first, ...others] = await Promise.all(
        Array.from({ length: 5 }, () => newSigner().sign(event, order)),
      );
      for (const other of others) expect(other).toEqual(first);
      expect(await newSigner().sign(event, order)).toEqual(first);
      expect((await opened.keys.list(event)).length).toBe(1);
    });

    it('goes on where a crash left an order half signed', async () => {
      const [kept] = await newSigner().sign(event, orderOf(2));
      const codes = await newSigner().sign(event, orderOf(1, 2, 3));
      expect(codes.map(({ serial }) => serial)).toEqual([1, 2, 3]);
      expect(codes[1]).toEqual(kept);
    });

    it('signs anew what a revoked key has signed, and leaves what a retired one has', async () => {
      const [before] = await newSigner().sign(event, orderOf(1));
      await opened.keys.rotate(event);
      expect(await newSigner().sign(event, orderOf(1))).toEqual([before]);
      await opened.keys.revoke(event, 1);
      const [after] = await newSigner().sign(event, orderOf(1));
      expect(after!.keyId).toBe(2);
      expect(await verified(before!.code)).toMatchObject({ reason: 'revoked_key' });
      expect(await verified(after!.code)).toMatchObject({ isGenuine: true });
    });
  });
}

function ticketOf(serial: number, changes: Partial<UnsignedTicket> = {}): UnsignedTicket {
  return {
    serial,
    revision: 0,
    lot: 3,
    price: 'full',
    isNominal: false,
    isMinor: false,
    isRotating: false,
    isPrintable: true,
    notBefore: 1_767_225_600_000,
    validHours: 24,
    ...changes,
  };
}
