import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refundSplit } from './pagarme-split.ts';

const split = [
  { recipient: 'rp_producer', amountCents: 6_000 },
  { recipient: 'rp_platform', amountCents: 600 },
];

describe('a part that goes back', () => {
  const rows = [
    { amount: 6_600, parts: [6_000, 600] },
    { amount: 3_300, parts: [3_000, 300] },
    { amount: 1_000, parts: [909, 91] },
    { amount: 1, parts: [1] },
  ];

  it.each(rows)('of $amount is borne as $parts', ({ amount, parts }) => {
    expect(refundSplit(split, amount).map((rule) => rule.amount)).toEqual(parts);
  });

  it('is always whole, and nobody bears more than their share', () => {
    const shares = fc.array(fc.integer({ min: 1, max: 10_000_000 }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(shares, fc.double({ min: 0, max: 1, noNaN: true }), (amounts, part) => {
        const total = amounts.reduce((sum, each) => sum + each, 0);
        const amount = Math.max(1, Math.floor(total * part));
        const parties = amounts.map((amountCents, index) => ({
          recipient: `rp_${index}`,
          amountCents,
        }));
        const rules = refundSplit(parties, amount);
        expect(rules.reduce((sum, rule) => sum + rule.amount, 0)).toBe(amount);
        for (const rule of rules.slice(0, -1)) {
          const share = parties.find(({ recipient }) => recipient === rule.recipient_id);
          expect(rule.amount).toBeLessThanOrEqual(share!.amountCents);
        }
        expect(rules.filter(({ options }) => options.liable).length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
