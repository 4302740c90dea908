import { type EventId, type HoldId, type OrderId, pack } from '@ingressou/protocol';
import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../src/domain/facts.ts';
import { MemoryJournal } from '../../../src/store/memory-journal.ts';
import { newEvent, newNode, rowBehind } from '../../../test/contract/rows.ts';
import { newId } from '../../../test/setup/node.ts';
import { between, countOf, type OrderTimes, readTimes } from './order-times.ts';

const [order, other] = [newId<OrderId>(), newId<OrderId>()];
const hold = newId<HoldId>();

/** Facts as far as times are read of them. */
function fact(type: Fact['type'], of: OrderId): Fact {
  const named = type === 'checked_out' ? { id: of } : { order: of };
  return { type, hold, ...named } as unknown as Fact;
}

async function journalOf(event: EventId, turns: readonly (readonly [number, Fact[]])[]) {
  const journal = new MemoryJournal();
  journal.create(event);
  const node = newNode();
  for (const [at, facts] of turns) {
    const head = (await journal.claim(event, node))!;
    const row = rowBehind(head, head, { facts: pack(facts), at });
    await journal.append({ ...row, last: row.position + facts.length });
  }
  return journal;
}

describe('readTimes', () => {
  it('tells when each order came how far', async () => {
    const event = newEvent();
    const journal = await journalOf(event, [
      [1_000, [fact('checked_out', order)]],
      [1_020, [fact('payment_begun', order), fact('checked_out', other)]],
      [1_300, [fact('paid', order), fact('tickets_issued', order)]],
      [1_350, [fact('tickets_signed', order)]],
    ]);
    expect(await readTimes(journal, event)).toEqual(
      new Map([
        [order, { checkedOut: 1_000, begun: 1_020, paid: 1_300, signed: 1_350 }],
        [other, { checkedOut: 1_020 }],
      ]),
    );
  });

  it('knows nothing of a show that is not there', async () => {
    expect(await readTimes(new MemoryJournal(), newEvent())).toEqual(new Map());
  });
});

describe('between', () => {
  const times: OrderTimes[] = [
    { paid: 100, signed: 110 },
    { paid: 200, signed: 230 },
    { paid: 300 },
    { begun: 400, signed: 410 },
  ];

  it('measures orders that had both moments', () => {
    expect(between(times, 'paid', 'signed')).toMatchObject({ count: 2, p50: 10, max: 30 });
  });

  it('measures nothing of nobody', () => {
    expect(between(times, 'signed', 'mailed')).toMatchObject({ count: 0, p95: 0 });
  });

  it('counts orders that had a moment', () => {
    expect([countOf(times, 'paid'), countOf(times, 'mailed')]).toEqual([3, 0]);
  });
});
