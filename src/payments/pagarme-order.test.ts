import type { EventId, OrderId, SubjectId } from '@ingressou/protocol';
import { describe, expect, it } from 'vitest';
import type { PaymentRequest } from '../ports/payments.ts';
import { orderBody } from './pagarme-order.ts';

// What the provider is asked, letter by letter: a change here is a change of what is charged.

const settings = { platformRecipient: 'rp_platform', statementDescriptor: 'INGRESSOU' };

const request: PaymentRequest = {
  event: '0192f5a0-0000-7000-8000-00000000000e' as EventId,
  order: '0192f5a0-0000-7000-8000-00000000000a' as OrderId,
  subject: '0192f5a0-0000-7000-8000-00000000000b' as SubjectId,
  attempt: 2,
  method: 'pix',
  lines: [
    { code: 'lote-1', description: 'Pista - Lote 1', quantity: 2, amountCents: 2_990 },
    { code: 'taxa', description: 'Taxa de conveniência', quantity: 1, amountCents: 598 },
  ],
  customer: { name: 'Tony Stark', email: 't@x.br', cpf: '01234567890', phone: '5561999999999' },
  payBy: 0,
  payInMs: 900_999,
  split: { recipient: 'rp_producer', producerCents: 5_980 },
};

const common = {
  code: '0192f5a0-0000-7000-8000-00000000000a',
  closed: true,
  customer: {
    name: 'Tony Stark',
    email: 't@x.br',
    type: 'individual',
    document: '01234567890',
    document_type: 'CPF',
    code: '0192f5a0-0000-7000-8000-00000000000b',
    phones: { mobile_phone: { country_code: '55', area_code: '61', number: '999999999' } },
  },
  items: [
    { code: 'lote-1', description: 'Pista - Lote 1', amount: 2_990, quantity: 2 },
    { code: 'taxa', description: 'Taxa de conveniência', amount: 598, quantity: 1 },
  ],
  metadata: {
    event_id: '0192f5a0-0000-7000-8000-00000000000e',
    order_id: '0192f5a0-0000-7000-8000-00000000000a',
    attempt: '2',
  },
};

const none = { charge_processing_fee: false, charge_remainder_fee: false, liable: false };
const all = { charge_processing_fee: true, charge_remainder_fee: true, liable: true };
const split = [
  { amount: 5_980, type: 'flat', recipient_id: 'rp_producer', options: none },
  { amount: 598, type: 'flat', recipient_id: 'rp_platform', options: all },
];

describe('the body of an order', () => {
  it('of a PIX', () => {
    const pix = {
      expires_in: 900,
      additional_information: [{ name: 'Pedido', value: request.order }],
    };
    expect(orderBody(request, settings)).toEqual({
      ...common,
      payments: [{ payment_method: 'pix', amount: 6_578, pix, split }],
    });
  });

  it('of a card, proven by 3-D Secure', () => {
    const billing = { line1: '375, Av. X, Centro', zipCode: '20021130', city: 'Rio', uf: 'RJ' };
    const challenge = { transaction: 'tds-1' };
    const card = { token: 'token_1', installments: 3, billing, challenge };
    const creditCard = {
      operation_type: 'auth_and_capture',
      installments: 3,
      statement_descriptor: 'INGRESSOU',
      card_token: 'token_1',
      billing_address: {
        line_1: '375, Av. X, Centro',
        zip_code: '20021130',
        city: 'Rio',
        state: 'RJ',
        country: 'BR',
      },
      authentication: {
        type: 'threed_secure',
        threed_secure: { mpi: 'acquirer', transaction_id: 'tds-1' },
      },
    };
    const payment = { payment_method: 'credit_card', amount: 6_578, credit_card: creditCard };
    expect(orderBody({ ...request, method: 'card', card }, settings)).toEqual({
      ...common,
      payments: [{ ...payment, split }],
    });
  });

  it('has no split when all is the platform’s, and one recipient when all is the producer’s', () => {
    const splitOf = (producerCents: number) => {
      const shared = { ...request, split: { recipient: 'rp_producer', producerCents } };
      return orderBody(shared, settings).payments[0]!.split;
    };
    expect(splitOf(0)).toBeUndefined();
    expect(splitOf(6_578)).toEqual([{ ...split[0], amount: 6_578, options: all }]);
    expect(() => splitOf(6_579)).toThrow('payments.split');
  });

  it('is refused without a recipient for the platform: its fee would be the producer’s', () => {
    const alone = { ...settings, platformRecipient: undefined };
    expect(() => orderBody(request, alone)).toThrow('payments.split');
  });

  it('cuts a name to the letters that the provider takes', () => {
    const customer = { ...request.customer, name: '👩‍🎤'.repeat(60) };
    const { name } = orderBody({ ...request, customer }, settings).customer;
    expect([...name]).toHaveLength(64);
    expect(name).not.toContain('\uFFFD');
  });
});
