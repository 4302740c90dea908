import type { PresentShow } from '@ingressou/client-sdk';
import type { HoldView } from '@ingressou/protocol';
import { priceOf, unitsOf } from './cart.ts';
import { holdElementId } from './focus.ts';
import { countdown, secondsLeft } from './format.ts';
import { HoldActions } from './hold-actions.tsx';
import type { LiveShow } from './live-show.ts';
import { texts } from './texts.ts';

interface HoldProps {
  readonly hold: HoldView;
  readonly live: LiveShow;
}

/** Less than this is worth a warning, in seconds. */
const soon = 60;

/** One hold: what is in it, how long it lives, and what can be done with it. */
export function HoldCard({ hold, live, view }: HoldProps & { readonly view: PresentShow }) {
  return (
    <li class="card hold">
      <div class="title-line">
        <h3 id={holdElementId(hold.id)} tabIndex={-1}>
          {texts.holdOf(unitsOf(hold.items))}
        </h3>
        {hold.status === 'paid' ? (
          <strong>{texts.paid}</strong>
        ) : (
          <TimeLeft hold={hold} live={live} />
        )}
      </div>
      <ul class="lines">
        {hold.items.map((item) => (
          <li key={item.lot}>
            <span>{texts.line(item.quantity, live.nameOf(item.lot))}</span>
            <span class="sum">{texts.sum(priceOf([item], view.lots))}</span>
          </li>
        ))}
      </ul>
      {hold.status === 'held' && <HoldActions hold={hold} live={live} />}
    </li>
  );
}

function TimeLeft({ hold, live }: HoldProps) {
  const seconds = secondsLeft(hold.expiresAt, live.now.value);
  if (seconds === 0) return <p class="few">{texts.timeIsUp}</p>;
  return (
    <p class={seconds <= soon ? 'time-left few' : 'time-left'}>
      <span class="unseen">{texts.timeLeft}: </span>
      <span role="timer">{countdown(seconds)}</span>
    </p>
  );
}
