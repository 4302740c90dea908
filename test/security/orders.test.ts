import type { EventId, OrderId, SubjectId } from '@ingressou/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ProviderCharge } from '../../src/ports/payments.ts';
import { canaries } from '../contract/order-details.ts';
import { everyText } from '../setup/every-text.ts';
import { newId } from '../setup/node.ts';
import { openRouteHouse, orderOf, type RouteHouse } from './route-house.ts';

let house: RouteHouse;
let event: EventId;
let order: OrderId;
let subject: SubjectId;
let mine: string;

beforeAll(async () => {
  house = await openRouteHouse();
});
afterAll(() => house.stop());
beforeEach(async () => {
  event = newId<EventId>();
  order = newId<OrderId>();
  subject = newId<SubjectId>();
  mine = await tokenOf(subject);
  house.isProviderAway = false;
  house.point = { generation: 1, position: 0 };
});

const tokenOf = (whose: SubjectId) => house.tokens.sign(whose, 'CLIENTE', Date.now(), 60_000);
const request = async (path: string, token: string, body?: unknown) => {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`${house.url}${path}`, { ...init, headers });
};
const tell = (details: unknown, token = mine) =>
  request(`/v1/orders/${order}/details`, token, details);
const told = () => ({ event, ...canaries });
const codeOf = async (answer: Response) => [
  answer.status,
  ((await answer.json()) as { code: string }).code,
];

describe('details', () => {
  it('are kept tidied up, once, however often they are told', async () => {
    const asTyped = { ...canaries.buyer, cpf: '529.982.247-25', phone: '(61) 98765-4321' };
    const answer = await tell({ ...told(), buyer: asTyped });
    expect([answer.status, await answer.json()]).toEqual([200, { order, event }]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await tell(told())).status).toBe(200);
    expect(await house.details.read(order)).toEqual({ event, subject, ...canaries });
  });

  it('are not changed, and not by somebody else', async () => {
    await tell(told());
    const other = { ...told(), holders: [{ name: 'Outra Pessoa' }] };
    expect(await codeOf(await tell(other))).toEqual([409, 'changed_too_late']);
    const stranger = await tokenOf(newId<SubjectId>());
    expect(await codeOf(await tell(told(), stranger))).toEqual([409, 'id_taken']);
    expect(await house.details.read(order)).toMatchObject(canaries);
  });

  it.each<[string, (body: Record<string, unknown>) => unknown, string]>([
    ['no buyer', ({ buyer: _, ...rest }) => rest, '#/buyer'],
    ['no holder', (body) => ({ ...body, holders: [] }), '#/holders'],
    [
      'too many holders',
      (body) => ({ ...body, holders: Array(61).fill({ name: 'Ana' }) }),
      '#/holders',
    ],
    ['a role', (body) => ({ ...body, role: 'ADMIN' }), '#/role'],
    ['a price', (body) => ({ ...body, priceCents: 1 }), '#/priceCents'],
    ['another subject', (body) => ({ ...body, subject: newId() }), '#/subject'],
    ['a show that is no id', (body) => ({ ...body, event: 'x' }), '#/event'],
    ['a wrong CPF', (body) => ({ ...body, buyer: { ...canaries.buyer, cpf: '1' } }), '#/buyer/cpf'],
    [
      'a holder without a name',
      (body) => ({ ...body, holders: [{ name: '\n' }] }),
      '#/holders/0/name',
    ],
    [
      'too many instalments',
      (body) => ({ ...body, card: { ...canaries.card, installments: 13 } }),
      '#/card/installments',
    ],
    [
      'a name that is an object',
      (body) => ({ ...body, holders: [{ name: {} }] }),
      '#/holders/0/name',
    ],
  ])('with %s are refused, and the field is named', async (_what, change, pointer) => {
    const answer = await tell(change(told()));
    const { code, errors } = (await answer.json()) as {
      code: string;
      errors: { pointer: string }[];
    };
    expect([answer.status, code, errors[0]?.pointer]).toEqual([400, 'invalid_fields', pointer]);
    expect(await house.details.read(order)).toBeUndefined();
  });

  it('with a card number are refused, and leave no trace', async () => {
    const card = { ...canaries.card, number: '4111111111111111' };
    expect(await codeOf(await tell({ ...told(), card }))).toEqual([400, 'card_data_refused']);
    expect(await everyText(house.database)).not.toContain('4111111111111111');
    expect(house.failures.join()).not.toContain('4111111111111111');
  });

  it('need an id that the client made', async () => {
    for (const id of ['x', '00000000-0000-4000-8000-000000000000', 'a'.repeat(500)]) {
      const answer = await request(`/v1/orders/${id}/details`, mine, told());
      expect(await codeOf(answer)).toEqual([400, 'malformed_id']);
    }
  });

  it('told again and again are slowed down, for that buyer alone', async () => {
    const statuses: number[] = [];
    for (let times = 0; times < 30; times += 1) statuses.push((await tell({})).status);
    expect(statuses.filter((status) => status === 400).length).toBeGreaterThanOrEqual(20);
    const answer = await tell({});
    expect(await codeOf(answer)).toEqual([429, 'too_fast']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await tell(told(), await tokenOf(newId<SubjectId>()))).status).toBe(200);
  });
});

describe('what a page needs to pay', () => {
  it('is told to everybody', async () => {
    const answer = await fetch(`${house.url}/v1/checkout`);
    expect(await answer.json()).toMatchObject({ publicKey: 'pk_test_x', methods: ['pix', 'card'] });
  });

  it('is a challenge token for 3-D Secure, or later when the provider is away', async () => {
    const answer = await request(`/v1/orders/${order}/challenge`, mine, {});
    expect(await answer.json()).toEqual({ token: 'challenge-token', expiresInMs: 20_000 });
    house.isProviderAway = true;
    const later = await request(`/v1/orders/${order}/challenge`, mine, {});
    expect(later.headers.get('retry-after')).toBe('2');
    expect(await codeOf(later)).toEqual([503, 'unavailable']);
  });
});

describe('an order', () => {
  it('is shown to whose it is, and is not there for anybody else', async () => {
    await tell(told());
    house.orders.set(order, orderOf(event, subject, { id: order }));
    const answer = await request(`/v1/orders/${order}`, mine);
    expect(await answer.json()).toMatchObject({ id: order, event, status: 'pending' });
    const stranger = await tokenOf(newId<SubjectId>());
    for (const path of ['', '/payment', '/tickets', '/tickets.pdf']) {
      const refused = await request(`/v1/orders/${order}${path}`, stranger);
      const absent = await request(`/v1/orders/${newId()}${path}`, stranger);
      expect(await codeOf(refused)).toEqual([404, 'order_not_found']);
      expect(await codeOf(absent)).toEqual([404, 'order_not_found']);
    }
  });

  it('is told by its show where lists do not have it yet, or not as new as was seen', async () => {
    await tell(told());
    house.fresh.set(order, orderOf(event, subject, { id: order, status: 'paid' }));
    const early = await (await request(`/v1/orders/${order}`, mine)).json();
    expect(early).toMatchObject({ id: order, event, status: 'paid' });
    expect(early).not.toHaveProperty('createdAt');
    house.orders.set(order, orderOf(event, subject, { id: order }));
    house.point = { generation: 1, position: 7 };
    const seen = (position: number) =>
      request(`/v1/orders/${order}?generation=1&position=${position}`, mine);
    expect(await (await seen(1)).json()).toMatchObject({ status: 'pending' });
    expect(await (await seen(7)).json()).toMatchObject({ status: 'paid' });
    expect(await codeOf(await seen(8))).toEqual([503, 'behind']);
  });

  it('is told later when neither lists nor its show can tell', async () => {
    await tell(told());
    house.point = undefined;
    const answer = await request(`/v1/orders/${order}`, mine);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await codeOf(answer)).toEqual([503, 'behind']);
    house.point = { generation: 1, position: 0 };
    expect(await codeOf(await request(`/v1/orders/${order}`, mine))).toEqual([
      404,
      'order_not_found',
    ]);
  });

  it('is not told by its show to anybody else', async () => {
    await tell(told());
    house.fresh.set(order, orderOf(event, newId<SubjectId>(), { id: order }));
    const answer = await request(`/v1/orders/${order}`, mine);
    expect(await codeOf(answer)).toEqual([404, 'order_not_found']);
  });

  it('is listed with the others, a page at a time', async () => {
    const ids = [newId<OrderId>(), newId<OrderId>(), newId<OrderId>()];
    ids.forEach((id, index) => {
      house.orders.set(id, orderOf(event, subject, { id }, index + 1));
    });
    interface Page {
      readonly data: readonly { readonly id: string }[];
      readonly nextCursor?: string;
    }
    const first = (await (await request('/v1/orders?limit=2', mine)).json()) as Page;
    expect(first.data.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    const path = `/v1/orders?limit=2&cursor=${first.nextCursor}`;
    const second = (await (await request(path, mine)).json()) as Page;
    expect(second).toMatchObject({ data: [{ id: ids[0] }] });
    expect(second.nextCursor).toBeUndefined();
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'limit=1.5', 'cursor=x', "cursor=1.';--"])(
    'is not listed by %s',
    async (query) => {
      expect((await request(`/v1/orders?${query}`, mine)).status).toBe(400);
    },
  );
});

describe('a payment', () => {
  const charge: ProviderCharge = {
    id: 'ch_1',
    status: 'pending',
    method: 'pix',
    amountCents: 5_980,
    paidCents: 0,
    refundedCents: 0,
    refundingCents: 0,
    split: [],
    pix: { code: '00020101021226820014br.gov.bcb.pix', expiresAt: 2_000 },
  };

  it('is being prepared, then can be paid, then not any more', async () => {
    await tell(told());
    const early = await request(`/v1/orders/${order}/payment`, mine);
    expect([early.status, early.headers.get('retry-after')]).toEqual([202, '1']);
    const attempt = { event, order, attempt: 1, method: 'pix', amountCents: 5_980 } as const;
    await house.records.saveAttempt({ ...attempt, madeAt: 1_000, payBy: 2_000 });
    const origin = { providerOrder: 'or_1', order, event, attempt: 1 };
    const id = `ch_${order}`;
    await house.records.noteCharge({ ...charge, id }, origin);
    const payable = await (await request(`/v1/orders/${order}/payment`, mine)).json();
    expect(payable).toMatchObject({ status: 'pending', payBy: 2_000, pix: charge.pix });
    expect(payable.pix.qrSvg).toMatch(/^<svg/);
    await house.records.noteCharge({ ...charge, id, status: 'paid', paidCents: 5_980 }, origin);
    const paid = await (await request(`/v1/orders/${order}/payment`, mine)).json();
    expect(paid).toEqual({ method: 'pix', status: 'paid', amountCents: 5_980, payBy: 2_000 });
  });
});

describe('tickets', () => {
  const lot = newId<never>();
  const tickets = [
    { serial: 7, lot, status: 'valid', revision: 0 },
    { serial: 8, lot, status: 'revoked', revision: 0 },
  ] as const;

  beforeEach(async () => {
    await tell(told());
    house.orders.set(
      order,
      orderOf(event, subject, { id: order, status: 'paid', paidAt: 1, tickets }),
    );
  });

  it('are there once the order is paid', async () => {
    house.orders.set(order, orderOf(event, subject, { id: order }));
    const answer = await request(`/v1/orders/${order}/tickets`, mine);
    expect(await codeOf(answer)).toEqual([409, 'order_not_paid']);
  });

  it('have codes once they are signed, those that admit somebody', async () => {
    const early = await request(`/v1/orders/${order}/tickets`, mine);
    expect([early.status, early.headers.get('retry-after')]).toEqual([202, '2']);
    for (const serial of [7, 8]) {
      const name = { serial, revision: 0, keyId: 1, code: `CODE${serial}` };
      house.codes.set(`${event} ${serial}`, name);
    }
    const answer = await request(`/v1/orders/${order}/tickets`, mine);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      event,
      data: [{ ...tickets[0], code: 'CODE7', qrSvg: expect.stringMatching(/^<svg/) }, tickets[1]],
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('are a file to keep once it is made', async () => {
    const early = await request(`/v1/orders/${order}/tickets.pdf`, mine);
    expect(early.status).toBe(202);
    house.files.set(order, Buffer.from('%PDF-1.7'));
    const answer = await request(`/v1/orders/${order}/tickets.pdf`, mine);
    expect(answer.headers.get('content-type')).toBe('application/pdf');
    expect(await answer.text()).toBe('%PDF-1.7');
  });
});
