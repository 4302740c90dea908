import type { EventId } from '@ingressou/protocol';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { OpenDatabase } from '../../src/store/database.ts';
import { balancesOf } from '../../src/store/ledger.ts';
import { moneyFindings } from '../../src/store/money-findings.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { GateStory } from '../setup/gate-story.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { soldStory, storyPages, told } from '../setup/sold-story.ts';
import { minute, type Story } from '../setup/story.ts';
import { ReadModelsStage } from './read-models-stage.ts';

const hour = 60 * minute;

describeFindings('PGlite', () => openPglite());
const url = inject('postgresUrl');
if (url !== undefined) describeFindings('pg', async () => openPg(url));
else skipBecause('moneyFindings on pg', inject('postgresMissing') ?? 'no PostgreSQL');

function describeFindings(name: string, open: () => Promise<OpenDatabase>): void {
  describe(`The money of a show on ${name}`, () => {
    let opened: OpenDatabase;
    let stage: ReadModelsStage;

    beforeAll(async () => {
      opened = await open();
      stage = await ReadModelsStage.open(opened);
    });
    afterAll(() => opened.close());

    const projected = async (story: Story): Promise<EventId> => {
      const event = await stage.newShow();
      await stage.project(await stage.place(event), storyPages(story, event));
      return event;
    };
    /** `order finding` for each, with the names of the story. */
    const found = async (story: Story, event: EventId, laterMs = 0): Promise<string[]> => {
      const findings = await moneyFindings(opened.database, event, story.now + laterMs);
      const names = ['o1', 'o2', 'o3', 'o4', 'o5', 'o6', 'o7', 'o8', 'o9', 'ob'];
      const nameOf = (id: string) => names.find((each) => story.id(each) === id) ?? id;
      return findings.map(({ order, finding }) => `${nameOf(order)} ${finding}`).sort();
    };
    const change = async (event: EventId, text: string): Promise<void> => {
      await opened.database.query({ name: `change_${text.length}`, text }, [event]);
    };

    it('gives no reason for a look while every order is on its way', async () => {
      const story = soldStory();
      expect(await found(story, await projected(story))).toEqual([]);
    });

    it.each([
      ['was told at once', 'gate_pix', ['topup t1 d1 1']],
      [
        'came with a log, twice',
        'gate_card',
        ['alone d1 in 1 admitted topped_up_card', 'upload d1', 'upload d1 0'],
      ],
      [
        'came with an older log, which does not say how',
        'gate',
        ['alone d1 in 1 admitted topped_up', 'upload d1'],
      ],
      [
        'came with a log as cash',
        'gate_cash',
        ['alone d1 in 1 admitted topped_up_cash', 'upload d1'],
      ],
    ])('that was paid at a gate and %s is in the ledger once', async (_, account, rows) => {
      const story = new GateStory();
      for (const row of ['sell M 1', 'sign oM1', 'checkpoints c1 proof', 'enrol e1 d1 0']) {
        story.tell(row);
      }
      for (const row of rows) story.tell(row);
      const event = await projected(story);
      expect(await found(story, event)).toEqual([]);
      const balances = await balancesOf(opened.database, event);
      const booked = { [account]: 5_000, gate_sales: -5_000 };
      expect(Object.fromEntries(balances)).toMatchObject(booked);
    });

    it('is looked at when an order does not go on in time', async () => {
      const story = soldStory();
      const event = await projected(story);
      expect(await found(story, event, 16 * minute)).toEqual([
        'o4 codes_missing',
        'o5 codes_missing',
      ]);
      expect(await found(story, event, 25 * hour)).toEqual([
        'o4 codes_missing',
        'o4 refund_waits',
        'o5 codes_missing',
        'o6 refund_waits',
        'o9 refund_waits',
      ]);
      const pending = told(['reserve h1 ana A 2', 'checkout o1 ana h1']);
      const stranded = await projected(pending);
      expect(await found(pending, stranded, 24 * minute)).toEqual([]);
      expect(await found(pending, stranded, 26 * minute)).toEqual(['o1 order_stranded']);
    });

    it('is looked at when a ticket is missing, or there is one too many', async () => {
      const story = soldStory();
      const missing = await projected(story);
      await change(missing, `delete from ticket where event_id = $1 and serial = 2`);
      expect(await found(story, missing)).toEqual(['o1 ledger_differs', 'o1 tickets_missing']);
      const revived = await projected(story);
      await change(
        revived,
        `update ticket set status = 'valid' where event_id = $1 and serial = 1`,
      );
      expect(await found(story, revived)).toEqual(['o1 ledger_differs']);
    });

    it('is looked at when it went somewhere else', async () => {
      const story = soldStory();
      const event = await projected(story);
      await change(
        event,
        `insert into ledger_entry
         select event_id, 9999, line, 'x', order_id, account, cents, 'BRL', now()
         from (values (1, 'producer', 5), (2, 'stray', -5)) as moved (line, account, cents),
           (select event_id, order_id from ledger_entry where event_id = $1 limit 1) as entry`,
      );
      const kinds = (await found(story, event)).map((each) => each.split(' ')[1]);
      expect(kinds).toEqual(['ledger_differs', 'money_astray']);
    });

    it('is looked at when an order and its ledger owe different refunds', async () => {
      const story = soldStory();
      const event = await projected(story);
      await change(
        event,
        `update sale_order set refund_due_cents = 1 where event_id = $1
        and refund_due_cents = 0 and status = 'failed' and refusal = 'card_refused'`,
      );
      expect(await found(story, event)).toEqual(['o2 refunds_differ']);
    });

    it('is told by account', async () => {
      const story = told(['reserve h1 ana A 2', 'checkout o1 ana h1', 'pay k1 o1']);
      const balances = await balancesOf(opened.database, await projected(story));
      expect(Object.fromEntries(balances)).toEqual({
        provider: 22_000,
        producer: -20_000,
        fee: -2_000,
      });
    });
  });
}
