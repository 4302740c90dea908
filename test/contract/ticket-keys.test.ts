import type { EventId } from '@ingressou/protocol';
import { describe, expect, inject, it } from 'vitest';
import { TicketKeysUnavailableError } from '../../src/ports/ticket-keys.ts';
import { DataKey, UnsealError } from '../../src/store/data-keys.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { raiseGeneration } from '../../src/store/operators.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { DatabaseSigningKeys } from '../../src/store/signing-keys.ts';
import { DatabaseTicketKeys } from '../../src/store/ticket-keys.ts';
import { newKeyPair } from '../../src/workers/tickets/node-ed25519.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { TcpProxy } from '../setup/tcp-proxy.ts';
import { newEvent } from './rows.ts';
import { journalIn } from './stores.ts';
import { describeTicketKeys, type OpenTicketKeys } from './ticket-keys.ts';

describeTicketKeys('DatabaseTicketKeys on PGlite', async () => keysIn(await openPglite()));
describeSecrets('PGlite', () => openPglite());

const url = inject('postgresUrl');
if (url === undefined) skipBecause('DatabaseTicketKeys on pg', inject('postgresMissing') ?? '');
else {
  describeTicketKeys('DatabaseTicketKeys on pg', () => keysIn(openPg(url)));
  describeSecrets('pg', async () => openPg(url));
}

async function keysIn(open: OpenDatabase): Promise<OpenTicketKeys> {
  const { create, close } = await journalIn(open);
  const { database } = open;
  const options = { database, vault: DataKey.random(), newKeyPair };
  return {
    keys: new DatabaseTicketKeys(database),
    signing: new DatabaseSigningKeys(options),
    others: new DatabaseSigningKeys(options),
    create,
    close,
    async restore(event) {
      await raiseGeneration(database, event);
    },
  };
}

function describeSecrets(name: string, open: () => Promise<OpenDatabase>): void {
  describe(`The private keys of tickets on ${name}`, () => {
    it('are in the database sealed, for their row, and gone when they sign no more', async () => {
      const opened = await open();
      const { create, close } = await journalIn(opened);
      const [event, other] = [newEvent(), newEvent()];
      for (const each of [event, other]) await create(each);
      const { database } = opened;
      const signing = new DatabaseSigningKeys({ database, vault: DataKey.random(), newKeyPair });
      const sealed = async (of: EventId): Promise<Uint8Array> => {
        const text = 'select sealed_private from ticket_key where event_id = $1';
        const [row] = await database.query({ name: 'sealed', text }, [of]);
        return row!.sealed_private as Uint8Array;
      };

      const { privateKey } = await signing.current(event);
      expect(Buffer.from(await sealed(event)).includes(Buffer.from(privateKey))).toBe(false);

      await signing.current(other);
      const move = 'update ticket_key set sealed_private = $2 where event_id = $1';
      await database.query({ name: 'move', text: move }, [other, await sealed(event)]);
      await expect(signing.current(other)).rejects.toThrow(UnsealError);

      await new DatabaseTicketKeys(database).rotate(event);
      expect(await sealed(event)).toBeNull();
      await close();
    });
  });
}

describe.skipIf(url === undefined)('DatabaseTicketKeys without their database', () => {
  it('say so', async () => {
    const proxy = new TcpProxy(url!);
    const { database, close } = openPg(await proxy.open());
    await proxy.close();
    const keys = new DatabaseTicketKeys(database);
    const signing = new DatabaseSigningKeys({ database, vault: DataKey.random(), newKeyPair });
    const event = newEvent();
    for (const asked of [signing.current(event), keys.list(event), keys.rotate(event)]) {
      await expect(asked).rejects.toThrow(TicketKeysUnavailableError);
    }
    await close();
  });
});
