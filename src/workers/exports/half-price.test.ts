import { type LotId, parseId } from '@ingressou/protocol';
import { expect, it } from 'vitest';
import type { LotSales } from '../../ports/read-models.ts';
import { halfPriceLines } from './half-price.ts';

function lotOf(changes: Partial<LotSales>): LotSales {
  return {
    lot: parseId<LotId>('0198c1a2-7d3e-7cc0-9b52-0f5f5a3f1c10'),
    sector: 'Pista',
    name: 'Lote 1',
    priceCents: 10_000,
    isHalf: false,
    quantity: 0,
    held: 0,
    sold: 0,
    refunded: 0,
    grossCents: 0,
    refundedCents: 0,
    ...changes,
  };
}

it('the half-price report says what is offered, what is sold, and what the law asks for', () => {
  const lines = halfPriceLines([
    lotOf({ quantity: 61, sold: 20, grossCents: 200_000, refundedCents: 10_000, refunded: 1 }),
    lotOf({ name: 'Meia', isHalf: true, priceCents: 5_000, quantity: 40, sold: 10, held: 5 }),
  ]);
  expect(lines).toContainEqual(['Pista', 'Lote 1', 'Inteira', '100,00', 61, 20, 1, '1900,00']);
  expect(lines).toContainEqual(['Pista', 'Meia', 'Meia-entrada', '50,00', 40, 10, 0, '0,00']);
  const sums = new Map(lines.map(([name, value]) => [name, value]));
  expect(sums.get('Ingressos à venda ao público')).toBe(101);
  expect(sums.get('Mínimo legal de meia-entrada (40%)')).toBe(41);
  expect(sums.get('Vendidos como meia-entrada')).toBe(10);
  expect(sums.get('Meia-entrada sobre as vendas (%)')).toBe(33.3);
  expect(sums.get('Meia-entrada ainda disponível')).toBe(25);
});

it('of a show that has sold nothing no share is made', () => {
  const sums = new Map(halfPriceLines([]).map(([name, value]) => [name, value]));
  expect(sums.get('Meia-entrada sobre as vendas (%)')).toBe(0);
});
