import type { Item, LotView } from '@ingressou/protocol';
import { type Amounts, amountsOf } from './cart.ts';
import { texts } from './texts.ts';

interface AmountLinesProps {
  readonly items: readonly Item[];
  readonly lots: readonly LotView[];
  readonly nameOf: (lot: string) => string;
}

/** What is in it, what each part costs, the convenience fee on a line of its own, and the sum. */
export function AmountLines({ items, lots, nameOf }: AmountLinesProps) {
  return (
    <>
      <ul class="lines">
        {items.map((item) => (
          <li key={item.lot}>
            <span>{texts.line(item.quantity, nameOf(item.lot))}</span>
            <span class="sum">{texts.sum(amountsOf([item], lots).ticketsCents)}</span>
          </li>
        ))}
      </ul>
      <Totals amounts={amountsOf(items, lots)} />
    </>
  );
}

export function Totals({ amounts }: { readonly amounts: Amounts }) {
  const { feeCents, totalCents } = amounts;
  return (
    <div>
      {feeCents > 0 && (
        <p class="fee">
          <span>{texts.fee}</span>
          <span class="sum">{texts.sum(feeCents)}</span>
        </p>
      )}
      <p class="total">
        <span>{texts.total}</span>
        <span class="sum">{texts.sum(totalCents)}</span>
      </p>
    </div>
  );
}
