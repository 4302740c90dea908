import type { PresentShow } from '@ingressou/client-sdk';
import { AmountLines } from './amount-lines.tsx';
import { itemsOf, unitsOf } from './cart.ts';
import { focusSoon, holdElementId } from './focus.ts';
import type { LiveShow } from './live-show.ts';
import { RefusalMessage } from './refusal-message.tsx';
import { texts } from './texts.ts';

interface CartCardProps {
  readonly live: LiveShow;
  readonly view: PresentShow;
}

/** What is chosen, what it costs, and the one button that reserves all of it or nothing. */
export function CartCard({ live, view }: CartCardProps) {
  if (!live.canReserve) return <p class="card message">{texts.signInNeeded}</p>;
  const isEmpty = live.cart.value.size === 0;
  return (
    <section class="card order" aria-labelledby="order">
      <h2 id="order" class={isEmpty ? 'unseen-when-narrow' : ''}>
        {texts.order}
      </h2>
      {!isEmpty && (
        <AmountLines items={itemsOf(live.cart.value)} lots={view.lots} nameOf={live.nameOf} />
      )}
      {live.refusal.value && <RefusalMessage refusal={live.refusal.value} live={live} />}
      <ReserveButton live={live} view={view} />
      {!isEmpty && <Note live={live} />}
    </section>
  );
}

function Note({ live }: Pick<CartCardProps, 'live'>) {
  const isLive = live.link.value.state === 'live';
  return <p class="quiet note">{isLive ? texts.allOrNothing : texts.sentOnReconnect}</p>;
}

function ReserveButton({ live, view }: CartCardProps) {
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
