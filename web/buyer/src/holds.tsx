import type { PresentShow } from '@ingressou/client-sdk';
import type { HoldView } from '@ingressou/protocol';
import { HoldCard } from './hold-card.tsx';
import type { LiveShow } from './live-show.ts';
import { texts } from './texts.ts';

/** What is kept for me, and for how long; what is being paid has a card of its own. */
export function Holds({ live, view }: { readonly live: LiveShow; readonly view: PresentShow }) {
  const isBeingPaid = (hold: HoldView) =>
    live.purchases.orderOf(hold.id, view)?.status === 'pending';
  const holds = view.holds.filter((hold) => hold.status === 'held' && !isBeingPaid(hold));
  if (holds.length === 0) return null;
  return (
    <section aria-labelledby="holds">
      <h2 id="holds" tabIndex={-1}>
        {texts.holds}
      </h2>
      <ul class="holds">
        {holds.map((hold) => (
          <HoldCard key={hold.id} hold={hold} live={live} view={view} />
        ))}
      </ul>
    </section>
  );
}
