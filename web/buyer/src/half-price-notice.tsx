import type { LotView } from '@ingressou/protocol';
import { halfPriceTexts } from './half-price-texts.ts';

/**
 * What the law wants known wherever half-price tickets are sold (Lei 12.933/2013, Decreto
 * 8.537/2015): how many there are and are left, who may have them, and what to bring.
 */
export function HalfPriceNotice({ lots }: { readonly lots: readonly LotView[] }) {
  const half = lots.filter(({ isHalf }) => isHalf);
  if (half.length === 0) return null;
  const all = sumOf(lots, 'quantity');
  return (
    <section class="half-price" aria-labelledby="half-price">
      <h3 id="half-price">{halfPriceTexts.title}</h3>
      <p>{halfPriceTexts.counts(all, sumOf(half, 'quantity'), sumOf(half, 'available'))}</p>
      <p>{halfPriceTexts.who}</p>
      <p>{halfPriceTexts.bring}</p>
      <p>{halfPriceTexts.without}</p>
    </section>
  );
}

function sumOf(lots: readonly LotView[], what: 'quantity' | 'available'): number {
  return lots.reduce((sum, lot) => sum + lot[what], 0);
}
