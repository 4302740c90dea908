import { type OrderId, parseId } from '@ingressou/protocol';
import { describe, expect, it } from 'vitest';
import type { ProviderCharge, ProviderOrder } from '../../ports/payments.ts';
import { suspicionOf, wordsOf } from './provider-words.ts';

const order = parseId<OrderId>('0198c1a2-7d3e-7cc0-9b52-0f5f5a3f1c10');

function chargeOf(changes: Partial<ProviderCharge>): ProviderCharge {
  return {
    id: 'ch_1',
    status: 'pending',
    method: 'pix',
    amountCents: 1_000,
    paidCents: 0,
    refundedCents: 0,
    refundingCents: 0,
    split: [],
    ...changes,
  };
}

describe('the word of the provider', () => {
  const rows: readonly [what: string, charge: Partial<ProviderCharge>, words: readonly string[]][] =
    [
      ['a new code can be paid', { status: 'pending' }, ['begin_payment']],
      ['a card that is looked at can be paid', { status: 'processing' }, ['begin_payment']],
      ['paid is paid', { status: 'paid', paidCents: 1_000 }, ['confirm_payment 1000']],
      ['too little is told as it is', { status: 'underpaid', paidCents: 1 }, ['confirm_payment 1']],
      ['too much too', { status: 'overpaid', paidCents: 1_001 }, ['confirm_payment 1001']],
      [
        'a refused card failed',
        { status: 'failed', method: 'card' },
        ['fail_payment card_refused'],
      ],
      [
        'and says why when it is known',
        { status: 'failed', method: 'card', refusal: 'risk_refused' },
        ['fail_payment risk_refused'],
      ],
      ['a code that ended failed', { status: 'canceled' }, ['fail_payment provider_unavailable']],
      [
        'the bank took it back',
        { status: 'chargedback', paidCents: 1_000 },
        ['confirm_payment 1000', 'charge_back'],
      ],
    ];

  it.each(rows)('%s', (_, changes, words) => {
    const told = wordsOf(chargeOf(changes), order).map((word) => {
      if (word.type === 'confirm_payment') return `${word.type} ${word.amountCents}`;
      return word.type === 'fail_payment' ? `${word.type} ${word.refusal}` : word.type;
    });
    expect(told).toEqual(words);
  });
});

describe('a charge that names our order', () => {
  const provider: ProviderOrder = {
    id: 'or_1',
    order,
    event: undefined,
    attempt: 1,
    status: 'paid',
    amountCents: 1_000,
    currency: 'BRL',
    charges: [],
  };
  const shares = { recipients: new Set(['rp_us', 'rp_producer']) };
  const split = [{ recipient: 'rp_thief', amountCents: 1_000 }];

  it('is believed when the money is ours', () => {
    expect(suspicionOf(provider, chargeOf({}), undefined)).toBeUndefined();
    const ours = [{ recipient: 'rp_us', amountCents: 1_000 }];
    expect(suspicionOf(provider, chargeOf({ split: ours }), shares)).toBeUndefined();
  });

  it('is not when it is other money, or goes to somebody else', () => {
    expect(suspicionOf({ ...provider, currency: 'USD' }, chargeOf({}), shares)).toBe('currency');
    expect(suspicionOf(provider, chargeOf({ split }), shares)).toBe('recipient');
    expect(suspicionOf(provider, chargeOf({ split }), undefined)).toBe('recipient');
  });
});
