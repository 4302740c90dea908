import type { OrderId, SubjectId } from '@ingressou/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GateStory } from '../../../test/setup/gate-story.ts';
import { soldStory, told } from '../../../test/setup/sold-story.ts';
import type { Story } from '../../../test/setup/story.ts';
import type { Fact, FactOf, RefundReason } from '../../domain/facts.ts';
import type { Account, LedgerEntry } from '../../ports/projection.ts';
import { entriesOf } from './ledger-entries.ts';

/** What a history leaves in every account, and of every order. */
function balances(entries: readonly LedgerEntry[]): Partial<Record<Account, number>> {
  const sums: Partial<Record<Account, number>> = {};
  for (const { account, amountCents } of entries) {
    sums[account] = (sums[account] ?? 0) + amountCents;
  }
  return Object.fromEntries(Object.entries(sums).filter(([, cents]) => cents !== 0));
}

function ledgerOf({ facts }: Story): LedgerEntry[] {
  return facts.flatMap(({ fact, at }, index) => entriesOf(fact, index + 1, at));
}

// One order of two tickets at R$ 100 with a fee of R$ 10 each.
const bought = ['reserve h1 ana A 2', 'checkout o1 ana h1'];

const stories: readonly {
  readonly story: string;
  readonly rows: readonly string[];
  readonly left: Partial<Record<Account, number>>;
}[] = [
  { story: 'nothing is booked before money comes', rows: bought, left: {} },
  {
    story: 'the price is the producer’s, the fee is ours, and the provider has both',
    rows: [...bought, 'pay k1 o1'],
    left: { provider: 22_000, producer: -20_000, fee: -2_000 },
  },
  {
    story: 'what is too much is owed to the buyer',
    rows: [...bought, 'pay k1 o1 25000'],
    left: { provider: 25_000, producer: -20_000, fee: -2_000, refunds_due: -3_000 },
  },
  {
    story: 'a ticket that is given back is owed with its fee',
    rows: [...bought, 'pay k1 o1', 'refund r1 ana o1 1'],
    left: { provider: 22_000, producer: -10_000, fee: -1_000, refunds_due: -11_000 },
  },
  {
    story: 'and is gone when the provider has sent it',
    rows: [...bought, 'pay k1 o1', 'refund r1 ana o1 1', 'back r1 o1'],
    left: { provider: 11_000, producer: -10_000, fee: -1_000 },
  },
  {
    story: 'less than asked is owed whole',
    rows: [...bought, 'pay k1 o1 100'],
    left: { provider: 100, refunds_due: -100 },
  },
  {
    story: 'money for nobody’s order is owed whole, and then gone',
    rows: ['pay k1 o9 500', 'pay k2 o9 700', 'back stray:k1 o9'],
    left: { provider: 700, refunds_due: -700 },
  },
  {
    story: 'what is paid twice is owed once',
    rows: [...bought, 'pay k1 o1', 'pay k2 o1 22000'],
    left: { provider: 44_000, producer: -20_000, fee: -2_000, refunds_due: -22_000 },
  },
  {
    story: 'what comes too late is owed whole',
    rows: [...bought, 'cancel x1 ana o1', 'pay k1 o1 22000'],
    left: { provider: 22_000, refunds_due: -22_000 },
  },
  {
    story: 'what comes late and still buys is the producer’s',
    rows: [...bought, 'wait 13m', 'pay k1 o1'],
    left: { provider: 22_000, producer: -20_000, fee: -2_000 },
  },
  {
    story: 'what the bank takes back nobody has',
    rows: [...bought, 'pay k1 o1', 'chargeback k1 o1'],
    left: {},
  },
  {
    story: 'what the bank takes back of what is left',
    rows: [...bought, 'pay k1 o1', 'refund r1 ana o1 1', 'back r1 o1', 'chargeback k1 o1'],
    left: {},
  },
  {
    story: 'a show that is cancelled owes everything',
    rows: [...bought, 'pay k1 o1', 'undo x1', 'wait 1m'],
    left: { provider: 22_000, refunds_due: -22_000 },
  },
];

describe('The ledger', () => {
  it.each(stories)('$story', ({ rows, left }) => {
    expect(balances(ledgerOf(told(rows)))).toEqual(left);
  });

  it('has what was paid at the gate beside what the producer is owed, and leaves it there', () => {
    const gate = new GateStory();
    for (const row of ['sell M 1', 'checkpoints c1 proof', 'enrol e1 d1 0', 'topup t1 d1 1']) {
      gate.tell(row);
    }
    const topUp = { gate_pix: 5_000, gate_sales: -5_000 };
    expect(balances(ledgerOf(gate))).toEqual({
      provider: 5_500,
      producer: -5_000,
      fee: -500,
      ...topUp,
    });
    gate.tell('chargeback kM1 oM1');
    expect(balances(ledgerOf(gate))).toEqual(topUp);
    const sums = new Map<string, number>();
    for (const { order, amountCents } of ledgerOf(gate)) {
      sums.set(order, (sums.get(order) ?? 0) + amountCents);
    }
    expect([...sums.values()]).toEqual([0]);
  });

  it('numbers the entries of a fact, and names what they are of', () => {
    const entries = ledgerOf(told([...bought, 'pay k1 o1']));
    expect(entries.map(({ line, account }) => [line, account])).toEqual([
      [1, 'provider'],
      [2, 'producer'],
      [3, 'fee'],
    ]);
    const [{ position, at, transaction } = entries[0]!] = entries;
    for (const entry of entries) expect(entry).toMatchObject({ position, at, transaction });
    expect(transaction).toBe('paid:k1');
  });

  it('shows that money for nothing came in before it was owed', () => {
    const accounts = ledgerOf(told(['pay k1 o9 500'])).map((each) => [
      each.account,
      each.amountCents,
    ]);
    expect(accounts).toEqual([
      ['provider', 500],
      ['stray', -500],
      ['stray', 500],
      ['refunds_due', -500],
    ]);
  });

  it('books every transaction once', () => {
    const entries = ledgerOf(soldStory());
    const keys = entries.map(({ transaction, line }) => `${transaction} ${line}`);
    expect(new Set(keys).size).toBe(entries.length);
  });

  it('books nothing for an order that costs nothing', () => {
    const rows = ['lot F 2 0', 'reserve h1 ana F 1', 'checkout o1 ana h1', 'refund r1 ana o1'];
    expect(ledgerOf(told(rows))).toEqual([]);
  });

  it('owes at any time what the show owes: no more, no less, nothing astray', () => {
    const story = soldStory();
    let due = 0;
    for (const { amountCents } of story.state.refunds.values()) due += amountCents;
    const { refunds_due: owed = 0, stray = 0 } = balances(ledgerOf(story));
    expect([owed, stray]).toEqual([-due, 0]);
    expect(due).toBeGreaterThan(0);
  });
});

describe('Whatever the facts are', () => {
  const cents = fc.nat(1_000_000_00);
  const order = fc.constantFrom('o1', 'o2').map((id) => id as string as OrderId);
  const base = { wish: 0, hold: 'h' as OrderId, subject: 's' as SubjectId, charge: 'k' };
  const reasons: readonly RefundReason[] = [
    ...(['buyer', 'producer', 'show_cancelled', 'late'] as const),
    ...(['double', 'excess', 'short', 'foreign'] as const),
  ];
  const amounts = { order, amountCents: cents, ticketsCents: cents, feeCents: cents };
  const facts: fc.Arbitrary<Fact> = fc.oneof(
    fc.record(amounts).map((sums): FactOf<'paid'> => {
      return { ...base, ...sums, type: 'paid', id: 'p', items: [], isLate: false };
    }),
    fc
      .record({ ...amounts, why: fc.constantFrom(...reasons) })
      .map((sums): FactOf<'refund_due'> => {
        return { ...base, ...sums, type: 'refund_due', id: 'r', serials: [], items: [] };
      }),
    fc.record({ order, amountCents: cents }).map((sums): FactOf<'refunded'> => {
      return { ...base, ...sums, type: 'refunded', id: 'd', refund: 'r' };
    }),
    fc.record(amounts).map((sums): FactOf<'charged_back'> => {
      return { ...base, ...sums, type: 'charged_back', id: 'c', serials: [], items: [] };
    }),
  );

  it('every transaction sums to zero, and no entry is of nothing', () => {
    fc.assert(
      fc.property(facts, (fact) => {
        const entries = entriesOf(fact, 1, 0);
        const sum = entries.reduce((total, { amountCents }) => total + amountCents, 0);
        expect(sum).toBe(0);
        expect(entries.every(({ amountCents }) => amountCents !== 0)).toBe(true);
      }),
    );
  });

  it('any sequence leaves every order and the whole at zero', () => {
    fc.assert(
      fc.property(fc.array(facts, { maxLength: 40 }), (history) => {
        const entries = history.flatMap((fact, index) => entriesOf(fact, index + 1, 0));
        for (const of of ['o1', 'o2']) {
          const own = entries.filter((entry) => entry.order === of);
          expect(own.reduce((total, { amountCents }) => total + amountCents, 0)).toBe(0);
        }
      }),
    );
  });
});
