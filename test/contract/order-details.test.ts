import type { EventId, OrderId, SubjectId } from '@ingressou/protocol';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { DetailsUnavailableError } from '../../src/ports/order-details.ts';
import { DataKey } from '../../src/store/data-keys.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { SealedOrderDetails } from '../../src/store/order-details.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { everyText } from '../setup/every-text.ts';
import { newId } from '../setup/node.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { canaries, describeOrderDetails, type OpenOrderDetails } from './order-details.ts';

describeOrderDetails('SealedOrderDetails on PGlite', async () => detailsIn(await openPglite()));

const url = inject('postgresUrl');
if (url === undefined) skipBecause('SealedOrderDetails on pg', inject('postgresMissing') ?? '');
else describeOrderDetails('SealedOrderDetails on pg', () => detailsIn(openPg(url)));

async function detailsIn(open: OpenDatabase): Promise<OpenOrderDetails> {
  await migrate(open.database, 'migrations');
  const store = new SealedOrderDetails(open.database, DataKey.random());
  return { store, close: () => open.close() };
}

describe('a database with details in it', () => {
  const order = newId<OrderId>();
  const subject = newId<SubjectId>();
  const master = DataKey.random();
  let open: OpenDatabase;
  let store: SealedOrderDetails;

  beforeAll(async () => {
    open = await openPglite();
    await migrate(open.database, 'migrations');
    store = new SealedOrderDetails(open.database, master);
    await store.keep(order, newId<EventId>(), subject, canaries, 0);
  });
  afterAll(() => open.close());

  it('holds nothing that anybody could read', async () => {
    const text = await everyText(open.database);
    expect(text).toContain(order);
    for (const canary of canaryTexts()) expect(text).not.toContain(canary);
  });

  it('gives nothing to another master key', async () => {
    const stranger = new SealedOrderDetails(open.database, DataKey.random());
    await expect(stranger.read(order)).rejects.toThrow('DATA_KEY_FILE');
  });

  it('gives nothing when the rows of two orders are swapped', async () => {
    const other = newId<OrderId>();
    await store.keep(other, newId<EventId>(), subject, canaries, 0);
    await open.database.query(
      {
        name: 'test_swap',
        text: `update order_details a set people = b.people from order_details b
          where a.order_id = $1 and b.order_id = $2`,
      },
      [order, other],
    );
    await expect(store.read(order)).rejects.toThrow('DATA_KEY_FILE');
    expect(await store.read(other)).toMatchObject(canaries);
  });

  it('that is gone is told as that', async () => {
    const gone = await openPglite();
    await gone.close();
    const away = new SealedOrderDetails(gone.database, master);
    await expect(away.has(order, subject)).rejects.toThrow(DetailsUnavailableError);
  });
});

/** Every text in the canaries, as such and as the database would show it among bytes. */
function canaryTexts(): string[] {
  const texts: string[] = [];
  JSON.stringify(canaries, (_key, value) => {
    if (typeof value === 'string' && value.length > 3) texts.push(value);
    return value;
  });
  return texts.flatMap((text) => [text, Buffer.from(text).toString('hex')]);
}
