import { describe, expect, it } from 'vitest';
import { chargeAnswerIn, orderIn } from './pagarme-answer.ts';

// What the provider's documented answers mean. The first two are trimmed from real ones.

const pending = {
  id: 'ch_XgQO3VQCbJt23RpG',
  code: '1732916862330',
  gateway_id: '3603723961',
  amount: 1_090,
  status: 'pending',
  currency: 'BRL',
  payment_method: 'pix',
  created_at: '2024-11-29T22:08:25Z',
  last_transaction: {
    qr_code: '00020101021226820014br.gov.bcb.pix',
    expires_at: '2024-11-30T22:08:25Z',
    id: 'tran_KAM46zKTLHka1bqX',
    transaction_type: 'pix',
    amount: 1_090,
    status: 'waiting_payment',
    success: true,
    gateway_response: {},
    antifraud_response: {},
  },
};

const refused = {
  id: 'ch_1',
  amount: 46_832,
  status: 'failed',
  payment_method: 'credit_card',
  last_transaction: {
    transaction_type: 'credit_card',
    amount: 46_832,
    status: 'not_authorized',
    acquirer_message: 'Transação não autorizada',
    acquirer_return_code: '01',
    antifraud_response: { status: 'approved', score: 'very_low', provider_name: 'pagarme' },
  },
};

describe('a charge', () => {
  it('that waits for its PIX', () => {
    expect(chargeAnswerIn(pending)).toEqual({
      id: 'ch_XgQO3VQCbJt23RpG',
      status: 'pending',
      method: 'pix',
      amountCents: 1_090,
      paidCents: 0,
      refundedCents: 0,
      refundingCents: 0,
      split: [],
      pix: {
        code: '00020101021226820014br.gov.bcb.pix',
        expiresAt: Date.UTC(2024, 10, 30, 22, 8, 25),
      },
    });
  });

  it('whose card was refused', () => {
    expect(chargeAnswerIn(refused)).toMatchObject({ status: 'failed', refusal: 'card_refused' });
  });

  // Each row: the charge's fields, the transaction's, and what they mean.
  const money = (status: string, paidCents: number, refundedCents = 0, refundingCents = 0) => ({
    status,
    paidCents,
    refundedCents,
    refundingCents,
  });
  const rows: [string, object, object, object][] = [
    ['paid', { status: 'paid', paid_amount: 1_090 }, { status: 'paid' }, money('paid', 1_090)],
    ['paid, not saying how much', { status: 'paid' }, { status: 'paid' }, money('paid', 1_090)],
    ['in analysis', { status: 'processing' }, { status: 'analyzing' }, money('processing', 0)],
    ['in review', { status: 'pending' }, { status: 'pending_review' }, money('processing', 0)],
    ['expired', { status: 'pending' }, { status: 'expired' }, money('failed', 0)],
    ['failed', { status: 'failed' }, { status: 'failed' }, money('failed', 0)],
    [
      'authorised',
      { status: 'pending' },
      { status: 'authorized_pending_capture' },
      money('authorized', 0),
    ],
    ['too little', { status: 'underpaid', paid_amount: 90 }, {}, money('underpaid', 90)],
    ['too much', { status: 'overpaid', paid_amount: 2_180 }, {}, money('overpaid', 2_180)],
    [
      'given back in part',
      { status: 'paid', paid_amount: 1_090, canceled_amount: 90 },
      { status: 'partial_refunded' },
      money('paid', 1_090, 90),
    ],
    [
      'given back whole',
      { status: 'canceled', paid_amount: 1_090, canceled_amount: 1_090 },
      { status: 'refunded' },
      money('canceled', 1_090, 1_090),
    ],
    [
      'given back whole, not saying what was paid',
      { status: 'canceled', canceled_amount: 1_090, paid_at: '2024-11-29T22:09:25' },
      { status: 'refunded' },
      money('canceled', 1_090, 1_090),
    ],
    [
      'ended unpaid',
      { status: 'canceled', canceled_amount: 1_090 },
      { status: 'voided' },
      money('canceled', 0),
    ],
    [
      'on its way back, still called paid',
      { status: 'paid', paid_amount: 1_090 },
      { status: 'pending_refund', amount: 300 },
      money('paid', 1_090, 0, 300),
    ],
    [
      'on its way back, called cancelled already',
      { status: 'canceled', paid_amount: 1_090, canceled_amount: 1_090 },
      { status: 'pending_refund' },
      money('canceled', 1_090, 0, 1_090),
    ],
    [
      'not given back after all',
      { status: 'paid', paid_amount: 1_090 },
      { status: 'error_on_refunding' },
      money('paid', 1_090),
    ],
    [
      'disputed',
      { status: 'chargedback', paid_amount: 1_090 },
      { status: 'chargedback' },
      money('chargedback', 1_090),
    ],
    [
      'disputed, told by its transaction alone',
      { status: 'paid', paid_amount: 1_090 },
      { status: 'chargedback' },
      money('chargedback', 1_090),
    ],
  ];

  it.each(rows)('%s', (_, fields, transaction, meaning) => {
    const last_transaction = { ...pending.last_transaction, ...transaction };
    expect(chargeAnswerIn({ ...pending, ...fields, last_transaction })).toMatchObject(meaning);
  });

  const unreadable: [string, object, string][] = [
    ['an unknown status', { status: 'hopeful' }, 'charge.status is not documented'],
    ['no amount', { amount: undefined }, 'charge.amount is not an amount in cents'],
    ['half a cent', { amount: 10.5 }, 'charge.amount'],
    ['money as text', { paid_amount: '1090' }, 'charge.paid_amount'],
    ['no id', { id: null }, 'charge.id is not a text'],
    ['a transaction that is none', { last_transaction: 'x' }, 'charge.last_transaction'],
  ];

  it.each(unreadable)('with %s is not guessed at', (_, fields, message) => {
    expect(() => chargeAnswerIn({ ...pending, ...fields })).toThrow(message);
  });

  it('tells its split, in either spelling', () => {
    const split = [
      { amount: 1_000, type: 'flat', recipient: { id: 'rp_a', name: 'A' } },
      { amount: 90, type: 'flat', recipient_id: 'rp_b' },
    ];
    const last_transaction = { ...pending.last_transaction, split };
    expect(chargeAnswerIn({ ...pending, last_transaction }).split).toEqual([
      { recipient: 'rp_a', amountCents: 1_000 },
      { recipient: 'rp_b', amountCents: 90 },
    ]);
  });
});

describe('an order', () => {
  const order = { id: 'or_1', amount: 1_090, status: 'pending', charges: [pending] };

  it('of somebody else has no order, show or attempt of ours', () => {
    const foreign = { ...order, code: '1732916862330', metadata: { attempt: '-1' } };
    const none = { order: undefined, event: undefined, attempt: undefined };
    expect(orderIn(foreign)).toMatchObject(none);
    expect(orderIn(order)).toMatchObject(none);
  });

  it.each([undefined, null, [], '<html>', { ...order, status: 'hopeful' }, { ...order, id: 7 }])(
    'that is none is refused: %j',
    (answer) => {
      expect(() => orderIn(answer)).toThrow(/ is not /);
    },
  );
});
