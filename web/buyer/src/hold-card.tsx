import type { PresentShow } from '@ingressou/client-sdk';
import type { HoldView } from '@ingressou/protocol';
import { AmountLines } from './amount-lines.tsx';
import { unitsOf } from './cart.ts';
import { refusalTexts } from './checkout-texts.ts';
import { holdElementId } from './focus.ts';
import { HoldActions } from './hold-actions.tsx';
import type { LiveShow } from './live-show.ts';
import { texts } from './texts.ts';
import { TimeLeft } from './time-left.tsx';

interface HoldCardProps {
  readonly hold: HoldView;
  readonly live: LiveShow;
  readonly view: PresentShow;
}

/** One hold: what is in it, how long it lives, and what can be done with it. */
export function HoldCard({ hold, live, view }: HoldCardProps) {
  const refusal = live.purchases.orderOf(hold.id, view)?.refusal;
  return (
    <li class="card hold">
      <div class="title-line">
        <h3 id={holdElementId(hold.id)} tabIndex={-1}>
          {texts.holdOf(unitsOf(hold.items))}
        </h3>
        <TimeLeft endsAt={hold.expiresAt} now={live.now} />
      </div>
      <AmountLines items={hold.items} lots={view.lots} nameOf={live.nameOf} />
      {refusal && (
        <div class="refusal">
          <p>
            <strong>{refusalTexts[refusal].what}</strong>
          </p>
          <p>{refusalTexts[refusal].advice}</p>
        </div>
      )}
      <HoldActions hold={hold} live={live} />
    </li>
  );
}
