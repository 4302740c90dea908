import type { CheckoutSettings, PresentShow } from '@ingressou/client-sdk';
import type { HoldView } from '@ingressou/protocol';
import { useEffect, useState } from 'preact/hooks';
import { AmountLines } from '../amount-lines.tsx';
import { amountsOf } from '../cart.ts';
import { checkoutTexts } from '../checkout-texts.ts';
import { focusSoon } from '../focus.ts';
import { halfPriceTexts } from '../half-price-texts.ts';
import type { LiveShow } from '../live-show.ts';
import { LoadFailed, Loading } from '../loading.tsx';
import { TimeLeft } from '../time-left.tsx';
import { useLoad } from '../use-load.ts';
import { Checkout } from './checkout.ts';
import { CheckoutForm } from './checkout-form.tsx';

interface CheckoutPageProps {
  readonly live: LiveShow;
  readonly view: PresentShow;
  readonly hold: HoldView;
}

/** The payment of one hold: what is bought on one side, who buys and how it is paid on the other. */
export function CheckoutPage({ live, view, hold }: CheckoutPageProps) {
  const [load, retry] = useLoad(() => live.purchases.orders.settings());
  useEffect(() => focusSoon('payment'), []);
  return (
    <section class="checkout" aria-labelledby="payment">
      <div class="title-line">
        <h2 id="payment" tabIndex={-1}>
          {checkoutTexts.payment}
        </h2>
        <button type="button" class="button" onClick={() => live.purchases.leave()}>
          {checkoutTexts.back}
        </button>
      </div>
      <div class="columns">
        <div class="card">
          {load.status === 'loading' && <Loading />}
          {load.status === 'failed' && <LoadFailed error={load.error} retry={retry} />}
          {load.status === 'loaded' && (
            <Form live={live} view={view} hold={hold} settings={load.value} />
          )}
        </div>
        <Summary live={live} view={view} hold={hold} />
      </div>
    </section>
  );
}

function Form({
  live,
  view,
  hold,
  settings,
}: CheckoutPageProps & { readonly settings: CheckoutSettings }) {
  const amountCents = amountsOf(hold.items, view.lots).totalCents;
  const [checkout] = useState(() => new Checkout({ live, hold, settings, amountCents }));
  if (settings.methods.length === 0) return <p role="alert">{checkoutTexts.noMethods}</p>;
  return (
    <CheckoutForm
      checkout={checkout}
      live={live}
      hold={hold}
      settings={settings}
      amountCents={amountCents}
    />
  );
}

function Summary({ live, view, hold }: CheckoutPageProps) {
  const isHalf = new Set(view.lots.flatMap((lot) => (lot.isHalf ? [lot.id] : [])));
  return (
    <aside class="card summary" aria-labelledby="summary">
      <div class="title-line">
        <h3 id="summary">{checkoutTexts.summary}</h3>
        <TimeLeft endsAt={hold.expiresAt} now={live.now} />
      </div>
      <AmountLines items={hold.items} lots={view.lots} nameOf={live.nameOf} />
      {hold.items.some(({ lot }) => isHalf.has(lot)) && (
        <p class="quiet note">{halfPriceTexts.reminder}</p>
      )}
    </aside>
  );
}
