import type { PresentShow } from '@ingressou/client-sdk';
import { itemsOf, priceOf, unitsOf } from './cart.ts';
import { focusSoon, holdElementId } from './focus.ts';
import type { LiveShow } from './live-show.ts';
import { RefusalMessage } from './refusal-message.tsx';
import { texts } from './texts.ts';

interface OrderProps {
  readonly live: LiveShow;
  readonly view: PresentShow;
}

/** What is chosen, what it costs, and the one button that reserves all of it or nothing. */
export function Order({ live, view }: OrderProps) {
  if (!live.canReserve) return <p class="card message">{texts.signInNeeded}</p>;
  const isEmpty = live.cart.value.size === 0;
  return (
    <section class="card order" aria-labelledby="order">
      <h2 id="order" class={isEmpty ? 'unseen-when-narrow' : ''}>
        {texts.order}
      </h2>
      {!isEmpty && <Lines live={live} view={view} />}
      {live.refusal.value && <RefusalMessage refusal={live.refusal.value} live={live} />}
      <ReserveButton live={live} view={view} />
      {!isEmpty && <Note live={live} />}
    </section>
  );
}

function Note({ live }: Pick<OrderProps, 'live'>) {
  const isLive = live.link.value.state === 'live';
  return <p class="quiet note">{isLive ? texts.allOrNothing : texts.sentOnReconnect}</p>;
}

function Lines({ live, view }: OrderProps) {
  const items = itemsOf(live.cart.value);
  return (
    <>
      <ul class="lines">
        {items.map((item) => (
          <li key={item.lot}>
            <span>{texts.line(item.quantity, live.nameOf(item.lot))}</span>
            <span class="sum">{texts.sum(priceOf([item], view.lots))}</span>
          </li>
        ))}
      </ul>
      <p class="total">
        <span>{texts.total}</span>
        <span class="sum">{texts.sum(priceOf(items, view.lots))}</span>
      </p>
    </>
  );
}

function ReserveButton({ live, view }: OrderProps) {
  const units = unitsOf(itemsOf(live.cart.value));
  const canReserve =
    units > 0 &&
    view.sale.status === 'open' &&
    live.link.value.state !== 'failed' &&
    !live.isReserving.value;
  const reserve = async (button: Element) => {
    const hold = await live.reserve();
    // Who went on to something else meanwhile is not called away from it.
    const isHere = [button, document.body].includes(document.activeElement ?? document.body);
    if (hold !== undefined && isHere) focusSoon(holdElementId(hold.id));
  };
  return (
    <button
      type="button"
      class="button primary"
      aria-disabled={!canReserve}
      aria-busy={live.isReserving.value}
      onClick={(event) => canReserve && void reserve(event.currentTarget)}
    >
      {labelOf(live, view, units)}
    </button>
  );
}

function labelOf(live: LiveShow, { sale }: PresentShow, units: number): string {
  const isLive = live.link.value.state === 'live';
  if (live.isReserving.value) return isLive ? texts.reserving : texts.waitingForConnection;
  if (sale.status === 'scheduled') return texts.reserveWhenOpen;
  if (sale.status !== 'open') return texts.notOnSale;
  return units === 0 ? texts.chooseTickets : texts.reserve(units);
}
