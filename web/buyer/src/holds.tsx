import type { PresentShow } from '@ingressou/client-sdk';
import { HoldCard } from './hold-card.tsx';
import type { LiveShow } from './live-show.ts';
import { texts } from './texts.ts';

/** What is kept for me, and for how long. */
export function Holds({ live, view }: { readonly live: LiveShow; readonly view: PresentShow }) {
  const holds = view.holds.filter(({ status }) => status === 'held' || status === 'paid');
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
