import type { EventId, OrderId } from '@ingressou/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditMoney } from '../../scripts/audit/audited-money.ts';
import { plainReport } from '../../scripts/audit/plain-report.ts';
import type { ChargeStatus, ProviderCharge, ProviderOrder } from '../../src/ports/payments.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { soldStory, storyPages } from '../setup/sold-story.ts';
import { ReadModelsStage } from './read-models-stage.ts';

/** In cents. The sold story has one paid order of ana's that keeps all its tickets: o1. */
type Kept = (order: OrderId, cents: number) => ProviderCharge[];

describe('The audit of money', () => {
  let opened: OpenDatabase;
  let stage: ReadModelsStage;
  let event: EventId;
  const story = soldStory();
  const position = storyPages(story, '' as EventId).at(-1)?.to ?? 0;

  beforeAll(async () => {
    opened = await openPglite();
    stage = await ReadModelsStage.open(opened);
    event = await stage.newShow();
    await stage.project(await stage.place(event), storyPages(story, event));
  });
  afterAll(() => opened.close());

  const audited = (kept?: Kept, at = position) => {
    const { database, readModels } = stage;
    const payments = kept && { findOrders: provider(kept) };
    return auditMoney(
      { database, readModels, payments, now: story.now, onOrder: () => {} },
      { event, position: at },
    );
  };
  /** What the ledger says, order by order, as a provider would. */
  const provider =
    (kept: Kept) =>
    async (order: OrderId): Promise<ProviderOrder[]> => {
      const text = `select coalesce(sum(amount_cents), 0)::float8 as cents from ledger_entry
      where order_id = $1 and account = 'provider'`;
      const [row] = await opened.database.query({ name: 'kept', text }, [order]);
      return [orderWith(kept(order, Number(row?.cents)))];
    };

  it('asks nobody when it is not told to', async () => {
    expect(await audited()).toEqual({ behind: 0, troubles: [], compared: undefined });
  });

  it('agrees with a provider that has what the ledger says', async () => {
    const { troubles, compared } = await audited((_order, cents) => [
      charge('paid', cents + 700, 700),
      charge('pending', 0, 0),
    ]);
    expect(troubles).toEqual([]);
    expect(compared).toBeGreaterThan(3);
  });

  it.each<readonly [string, Kept]>([
    ['has a cent less', (_order, cents) => [charge('paid', cents, 1)]],
    ['was paid twice', (_order, cents) => [charge('paid', cents, 0), charge('paid', cents, 0)]],
    ['lost it to the bank of the buyer', (_order, cents) => [charge('chargedback', cents, 0)]],
    ['knows nothing of it', () => []],
  ])('is worth a look when the provider %s', async (_name, change) => {
    const odd = story.id('o1');
    const { troubles } = await audited((order, cents) =>
      order === odd ? change(order, cents) : [charge('paid', cents, 0)],
    );
    expect(troubles.map(({ order, finding }) => [order, finding])).toEqual([
      [odd, 'provider_differs'],
    ]);
    expect(troubles[0]?.sentence).toMatch(/^order .+: the ledger has \d+ cents at the provider/);
  });

  it('is printed with what to do, and says when the rows are late', async () => {
    const money = await audited(
      (order, cents) => [charge('paid', order === story.id('o1') ? cents + 1 : cents, 0)],
      position + 2,
    );
    const show = { event, slug: 'one', position: position + 2, epochs: 1, facts: position + 2 };
    const report = plainReport([{ ...show, isSealed: false, violations: [], money }], 1_000);
    expect(report).toContain('one has money that does not add up:\n  provider_differs: order ');
    expect(report).toContain('The rows are 2 facts behind: look again in a moment.');
    expect(report).toContain('docs/operations/payments.md says what to do.');
    expect(report).toContain('every promise of the histories is kept, and money does not add up.');
  });
});

function charge(status: ChargeStatus, paidCents: number, refundedCents: number): ProviderCharge {
  const money = { amountCents: paidCents, paidCents, refundedCents, refundingCents: 0 };
  return { id: 'ch_1', status, method: 'pix', ...money, split: [] };
}

function orderWith(charges: readonly ProviderCharge[]): ProviderOrder {
  const ours = { order: undefined, event: undefined, attempt: undefined };
  return { id: 'or_1', ...ours, status: 'paid', amountCents: 0, currency: 'BRL', charges };
}
