import { type EventId, type LotId, pack, uuid7 } from '@ingressou/protocol';
import { eventNumber, signTicket } from '@ingressou/protocol/ticket';
import { describe, expect, it } from 'vitest';
import { newKeyPair, signerOf } from '../../../src/workers/tickets/node-ed25519.ts';
import type { ShowJournal } from '../journal-rows.ts';
import { brokenSale, type SaleEvidence } from './order-checker.ts';
import { storiesOf } from './order-stories.ts';
import type { ProviderOrder } from './provider-process.ts';
import type { SaleRows } from './sale-rows.ts';

// An honest sale of two orders, and every way in which its money, tickets or mails could be wrong.
// Ana pays for two tickets and gives one back; Bia pays what was over, and has it back.

const begunAt = Date.UTC(2026, 0, 1);
const event = idOf<EventId>(1);
const lot = idOf<LotId>(2);
const ana = idOf<LotId>(10);
const bia = idOf<LotId>(11);
const anas = 'ch_Ana';
const bias = 'ch_Bia';
const line = { lot, quantity: 2, priceCents: 100, feeCents: 10 };
const keys = newKeyPair();

function honest() {
  const about = (order: string) => ({ order, hold: `hold of ${order}`, subject: 'somebody' });
  const item = { lot, quantity: 2 };
  const amounts = { ticketsCents: 200, feeCents: 20 };
  const facts: Record<string, unknown>[] = [
    { type: 'lot_opened', id: lot },
    { type: 'checked_out', ...about(ana), id: ana, items: [line], ...amounts },
    { type: 'checked_out', ...about(bia), id: bia, items: [line], ...amounts },
    { type: 'payment_begun', ...about(ana), charge: anas },
    { type: 'paid', ...about(ana), items: [line], charge: anas, amountCents: 220, ...amounts },
    { type: 'tickets_issued', ...about(ana), items: [item], from: 1, count: 2 },
    { type: 'tickets_signed', ...about(ana) },
    { type: 'expired', ...about(bia), items: [item] },
    refundDue('back', ana, anas, 'buyer', 110, [1]),
    refundDue('stray', bia, bias, 'late', 220, []),
    { type: 'refunded', ...about(ana), refund: 'back', charge: anas, amountCents: 110 },
    { type: 'refunded', ...about(bia), refund: 'stray', charge: bias, amountCents: 220 },
  ];
  const provider: Mutable<ProviderOrder>[] = [
    order(ana, { id: anas, status: 'paid', amount: 220, paid_amount: 220, canceled_amount: 110 }),
    order(bia, {
      id: bias,
      status: 'canceled',
      amount: 220,
      paid_amount: 220,
      canceled_amount: 220,
    }),
  ];
  const mailed = ['tickets_ready', 'refund_requested', 'refund_done', 'refund_done'].map(
    (what, index) => mailId(what, [ana, 'back', 'back', 'stray'][index]!),
  );
  const mails = mailed.map((id) => ({
    id,
    to: { name: '', email: `${id.endsWith('stray') ? bia : ana}@example.com` },
  }));
  const messages = new Set([`notification.whatsapp:${event}:1:tickets_ready:${ana}`]);
  return { facts, provider, mails, messages, rows: honestRows([...mailed, ...messages]) };
}

type Sale = ReturnType<typeof honest>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const lies: readonly { lie: string; tell: (sale: Sale) => unknown; finds: RegExp }[] = [
  {
    lie: 'a refund went back twice',
    tell: ({ provider }) => spoil(provider[0]!, { canceled_amount: 220 }),
    finds: /220 came in, 220 went back, and its valid tickets cost 100 and 10/,
  },
  {
    lie: 'somebody was charged twice',
    tell: ({ provider }) => provider.push(order(ana, { id: 'ch_2', status: 'pending', amount: 9 })),
    finds: /has 2 charges/,
  },
  {
    lie: 'money came that nobody knows of',
    tell: ({ provider }) => spoil(provider[1]!, { paid_amount: 440 }),
    finds: /440 came in, 220 went back/,
  },
  {
    lie: 'an order is undecided',
    tell: ({ facts }) => remove(facts, ({ type }) => type === 'expired'),
    finds: /is undecided/,
  },
  {
    lie: 'a refund never went back',
    tell: ({ facts }) => remove(facts, ({ refund }) => refund === 'stray'),
    finds: /The refund stray went back 0 times/,
  },
  {
    lie: 'tickets were issued twice',
    tell: ({ facts }) => facts.push({ ...facts[5], from: 3 }),
    finds: /has 2 sets of tickets/,
  },
  {
    lie: 'serials have a gap',
    tell: ({ facts }) => Object.assign(facts[5]!, { from: 2 }),
    finds: /serials of show \S+ are not dense/,
  },
  {
    lie: 'a ticket is not listed',
    tell: ({ rows }) => rows.tickets.pop(),
    finds: /1 tickets are listed, and 2 were issued/,
  },
  {
    lie: 'a ticket that was given back is still valid',
    tell: ({ rows }) => Object.assign(rows.tickets[0]!, { status: 'valid' }),
    finds: /is listed as valid/,
  },
  { lie: 'a code is missing', tell: ({ rows }) => rows.codes.pop(), finds: /has no code/ },
  {
    lie: 'a code is that of another ticket',
    tell: ({ rows }) => Object.assign(rows.codes[0]!, { code: codeOf(7) }),
    finds: /The code of ticket \S+ 2 0 is wrong/,
  },
  {
    lie: 'a code was signed by somebody else',
    tell: ({ rows }) =>
      Object.assign(rows.keys[0]!, { public_key: Buffer.from(newKeyPair().publicKey) }),
    finds: /The code of ticket/,
  },
  {
    lie: 'the ledger does not sum to zero',
    tell: ({ rows }) => Object.assign(rows.ledger[0]!, { cents: 111 }),
    finds: /The entries of order \S+ make 1/,
  },
  {
    lie: 'the ledger says that it is the producer’s',
    tell: ({ rows }) => Object.assign(rows.ledger[1]!, { cents: -110 }),
    finds: /Account producer of order/,
  },
  {
    lie: 'a mail never came',
    tell: ({ mails }) => mails.shift(),
    finds: /Nobody got notification.email:\S+:tickets_ready:/,
  },
  {
    lie: 'a message never came',
    tell: ({ messages }) => messages.clear(),
    finds: /Nobody got notification.whatsapp/,
  },
  {
    lie: 'a mail went to somebody else',
    tell: ({ mails }) => Object.assign(mails[0]!.to, { email: `${bia}@example.com` }),
    finds: /went to/,
  },
  {
    lie: 'a mail came that nothing called for',
    tell: ({ mails }) => mails.push({ ...mails[0]!, id: mailId('tickets_ready', bia) }),
    finds: /Nothing called for/,
  },
  {
    lie: 'the list says something else',
    tell: ({ rows }) => Object.assign(rows.orders[1]!, { status: 'paid' }),
    finds: /is expired, and is listed as paid/,
  },
];

describe('the checker of a sale', () => {
  it('has nothing to say about an honest one', () => {
    expect(brokenSale(evidenceOf(honest()))).toEqual([]);
  });

  it.each(lies)('finds that $lie', ({ tell, finds }) => {
    const sale = honest();
    tell(sale);
    expect(brokenSale(evidenceOf(sale)).join('\n')).toMatch(finds);
  });

  it('finds that an acknowledged order is lost', () => {
    const evidence = evidenceOf(honest());
    const bought = [{ order: idOf(99) }] as unknown as SaleEvidence['bought'];
    expect(brokenSale({ ...evidence, bought }).join()).toMatch(/was acknowledged and is not there/);
  });
});

function evidenceOf({ facts, provider, rows, mails, messages }: Sale): SaleEvidence {
  const journal = { head: { event, generation: 1 }, rows: [{ facts: pack(facts), at: begunAt }] };
  return {
    stories: storiesOf([journal as unknown as ShowJournal]),
    rows,
    provider,
    bought: [],
    mails,
    hasMessage: (id) => messages.has(id),
  };
}

function honestRows(letters: readonly string[]) {
  const ticket = { event_id: event, order_id: ana, lot_id: lot, revision: 0 };
  return {
    tickets: [
      { ...ticket, serial: 1, status: 'revoked' },
      { ...ticket, serial: 2, status: 'valid' },
    ],
    codes: [{ event_id: event, serial: 2, revision: 0, key_id: 1, code: codeOf(2) }],
    keys: [{ event_id: event, key_id: 1, public_key: Buffer.from(keys.publicKey) }],
    ledger: [
      { order_id: ana, account: 'provider', cents: 110 },
      { order_id: ana, account: 'producer', cents: -100 },
      { order_id: ana, account: 'fee', cents: -10 },
    ],
    deliveries: letters.map((id) => ({ id, kind: 'mail', status: 'accepted' })),
    orders: [
      { order_id: ana, status: 'paid' },
      { order_id: bia, status: 'expired' },
    ],
    jobs: [],
  } as unknown as { -readonly [K in keyof SaleRows]: SaleRows[K][number][] };
}

function codeOf(serial: number): string {
  const ticket = {
    ...{ keyId: 1, event: eventNumber(event), serial, revision: 0, lot: 0, price: 'full' as const },
    ...{ isNominal: false, isMinor: false, isRotating: false, isPrintable: true },
    ...{ notBefore: 0, validHours: 0, salt: 1 },
  } as const;
  return signTicket(ticket, signerOf(keys.privateKey));
}

function refundDue(
  id: string,
  order: string,
  charge: string,
  why: string,
  amountCents: number,
  serials: readonly number[],
) {
  return { type: 'refund_due', id, order, charge, why, amountCents, serials, subject: 'somebody' };
}

function order(code: string, charge: ProviderOrder['charges'][number]): Mutable<ProviderOrder> {
  return { id: `or_${code}`, code, charges: [charge] };
}

function spoil(made: Mutable<ProviderOrder>, change: Partial<ProviderOrder['charges'][number]>) {
  made.charges = made.charges.map((charge) => ({ ...charge, ...change }));
}

function remove<T>(list: T[], isIt: (each: T) => boolean): void {
  list.splice(0, list.length, ...list.filter((each) => !isIt(each)));
}

function mailId(what: string, about: string): string {
  return `notification.email:${event}:1:${what}:${about}`;
}

function idOf<T extends EventId | LotId>(number: number): T {
  return uuid7<T>(
    begunAt,
    Uint8Array.from({ length: 16 }, () => number),
  );
}
