import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EventId, HoldId, LotId, OrderId, SubjectId } from '@ingressou/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataKey } from '../../src/store/data-keys.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { FolderObjects } from '../../src/store/objects/folder-objects.ts';
import { SealedOrderDetails } from '../../src/store/order-details.ts';
import { openPglite } from '../../src/store/pglite.ts';
import type { ToldOrder } from '../../src/workers/handlers/told-order.ts';
import { TicketFiles, ticketFolder } from '../../src/workers/ticket-files.ts';
import { newId } from '../setup/node.ts';
import { ticketDocument } from '../setup/ticket-document.ts';
import { canaries } from './order-details.ts';

const bytes = Buffer.from('%PDF-');

describe('the files of tickets', () => {
  let opened: OpenDatabase;
  let directory: string;
  let objects: FolderObjects;
  let details: SealedOrderDetails;

  beforeAll(async () => {
    opened = await openPglite();
    await migrate(opened.database, 'migrations');
    directory = await mkdtemp(path.join(tmpdir(), 'tickets-'));
    objects = new FolderObjects({ directory });
    details = new SealedOrderDetails(opened.database, DataKey.random());
  });
  afterAll(async () => {
    await opened.close();
    await rm(directory, { recursive: true });
  });

  it('are kept under the name of their order', async () => {
    const told = await toldOrder();
    expect(await filesWith(async () => {}).of(told)).toEqual(bytes);
    expect(await keysOf(told)).toHaveLength(1);
  });

  it('follow a buyer who is erased while they are made', async () => {
    const told = await toldOrder();
    const files = filesWith(() => details.erase(told.details.subject));
    expect(await files.of(told)).toBe('not_ready');
    expect(await keysOf(told)).toEqual([]);
  });

  /** Files that something happens to while they are made. */
  function filesWith(meanwhile: () => Promise<void>): TicketFiles {
    const ticketPdf = async () => {
      await meanwhile();
      return bytes;
    };
    const elsewhere = () => Promise.reject(new Error('The order is told, not asked for.'));
    return new TicketFiles({
      details,
      objects,
      documents: { ticketPdf },
      codes: {
        read: async (_, tickets) => tickets.map((name) => ({ ...name, keyId: 1, code: 'V' })),
      },
      commands: { submit: elsewhere, ask: elsewhere },
      catalog: { byId: elsewhere },
    });
  }

  async function toldOrder(): Promise<ToldOrder> {
    const [event, subject] = [newId<EventId>(), newId<SubjectId>()];
    const [id, lot] = [newId<OrderId>(), newId<LotId>()];
    await details.keep(id, event, subject, canaries, 0);
    const about = { sector: 'Pista', name: '1º lote', isHalf: false };
    const prices = { priceCents: 10_000, feeCents: 1_000 };
    return {
      event,
      show: { ...ticketDocument().show, id: event, slug: 'show' },
      details: { event, subject, ...canaries },
      lots: new Map([[lot, { id: lot, ...about, ...prices, quantity: 1 }]]),
      order: {
        id,
        hold: newId<HoldId>(),
        status: 'paid',
        method: 'pix',
        lines: [{ lot, quantity: 1, ...prices }],
        ticketsCents: 10_000,
        feeCents: 1_000,
        payBy: 0,
        isPayable: false,
        paidAt: 0,
        tickets: [{ serial: 1, lot, status: 'valid', revision: 0 }],
        hasCodes: true,
        refundDueCents: 0,
        refundedCents: 0,
      },
    };
  }

  function keysOf({ event, order }: ToldOrder): Promise<readonly string[]> {
    return objects.list(ticketFolder({ event, order: order.id }), 9);
  }
});
