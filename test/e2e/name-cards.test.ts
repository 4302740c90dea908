import { decodeTicket } from '@ingressou/protocol/ticket';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/free-port.ts';
import { type OpenShow, openNode, type TestNode } from '../setup/node.ts';
import { buyCodes } from '../setup/sold-tickets.ts';

// Tickets that people buy as they do, and what a gate can know of who comes with them.

const lots = { full: 0, half: 1, nominal: 2 };

let house: TestNode;
let show: OpenShow;

beforeAll(async () => {
  const provider = { type: 'simulator', port: await freePort(), payAfterMs: 0 } as const;
  house = await openNode({ databaseUrl: undefined, provider });
  show = await house.createShow({
    lots: [{ quantity: 100 }, { quantity: 100, isHalf: true }, { quantity: 100, isNominal: true }],
    limit: 100,
  });
}, 60_000);
afterAll(() => house.stop());

describe('a ticket', () => {
  it.each([
    { lot: lots.full, says: { price: 'full', isNominal: false } },
    { lot: lots.half, says: { price: 'half', isNominal: false } },
    { lot: lots.nominal, says: { price: 'full', isNominal: true } },
  ])('of lot $lot says $says', async ({ lot, says }) => {
    const [code = ''] = await buyCodes(house, show, 1, lot);
    expect(decodeTicket(code)).toMatchObject({ ticket: says });
  });
});
