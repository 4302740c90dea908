import type { PresentShow } from '@ingressou/client-sdk';
import type { Show } from '@ingressou/protocol';
import { useEffect } from 'preact/hooks';
import { Announcer } from './announcer.tsx';
import { fetchShow } from './api.ts';
import { CartCard } from './cart-card.tsx';
import { CheckoutPage } from './checkout/checkout-page.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { explain } from './explanations.ts';
import { longDate } from './format.ts';
import { Holds } from './holds.tsx';
import { openIdentity } from './identity.ts';
import { LiveShow } from './live-show.ts';
import { LoadFailed, Loading } from './loading.tsx';
import { Lots } from './lots.tsx';
import { Notices } from './notices.tsx';
import { MyOrders } from './orders/my-orders.tsx';
import { SaleStatus } from './sale-status.tsx';
import { texts } from './texts.ts';
import { useLoad } from './use-load.ts';

/** One show: what it is, whether it sells, its lots, and what is mine of it. */
export function ShowPage({ slug }: { readonly slug: string }) {
  const [load, retry] = useLoad(
    () => openShow(slug),
    (live) => live.close(),
  );
  return (
    <main class="page">
      {load.status === 'loading' && <Loading />}
      {load.status === 'failed' && <LoadFailed error={load.error} retry={retry} />}
      {load.status === 'loaded' && <Sale live={load.value} />}
    </main>
  );
}

async function openShow(slug: string): Promise<LiveShow> {
  const [show, identity] = await Promise.all([fetchShow(slug), openIdentity()]);
  return new LiveShow(show, identity);
}

function Sale({ live }: { readonly live: LiveShow }) {
  useEffect(() => {
    document.title = `${live.show.title} — ${texts.brand}`;
  }, [live]);
  return (
    <>
      <ConnectionBanner live={live} />
      <About show={live.show} />
      <Live live={live} />
      <Announcer live={live} />
    </>
  );
}

function About({ show }: { readonly show: Show }) {
  return (
    <div class="about">
      <h1>{show.title}</h1>
      <p>
        <time dateTime={new Date(show.startsAt).toISOString()}>{longDate(show.startsAt)}</time>{' '}
        <span class="quiet">({texts.brasiliaTime})</span>
      </p>
      <p class="quiet">{texts.place(show.venue, show.city, show.uf)}</p>
    </div>
  );
}

function Live({ live }: { readonly live: LiveShow }) {
  const view = live.view.value;
  if (view === undefined) return <output class="quiet loading">{texts.connecting}</output>;
  if (!view.isKnown) {
    const { what, advice } = explain(view.rejection, live);
    return (
      <div role="alert" class="card message">
        <p>{texts.showRefused}</p>
        <p>
          {what} {advice}
        </p>
      </div>
    );
  }
  return (
    <>
      <SaleStatus sale={view.sale} now={live.now} />
      <Notices live={live} />
      <Body live={live} view={view} />
    </>
  );
}

/** While something is being paid there is nothing else to look at. */
function Body({ live, view }: { readonly live: LiveShow; readonly view: PresentShow }) {
  const paying = live.purchases.payingIn(view);
  if (paying !== undefined) return <CheckoutPage live={live} view={view} hold={paying} />;
  return (
    <>
      <MyOrders live={live} view={view} />
      <Holds live={live} view={view} />
      {view.sale.status !== 'cancelled' && (
        <div class="columns">
          <Lots live={live} view={view} />
          <CartCard live={live} view={view} />
        </div>
      )}
    </>
  );
}
