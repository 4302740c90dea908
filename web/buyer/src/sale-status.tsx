import type { Sale } from '@ingressou/protocol';
import type { ReadonlySignal } from '@preact/signals';
import { countdown, secondsLeft } from './format.ts';
import { texts } from './texts.ts';

interface SaleStatusProps {
  readonly sale: Sale;
  readonly now: ReadonlySignal<number>;
}

/** Whether tickets are sold now, and if not, when. */
export function SaleStatus({ sale, now }: SaleStatusProps) {
  if (sale.status === 'scheduled' && sale.opensAt !== undefined) {
    return <Countdown opensAt={sale.opensAt} now={now} />;
  }
  return <p class={`status ${sale.status}`}>{texts.sale[sale.status]}</p>;
}

function Countdown({ opensAt, now }: { readonly opensAt: number } & Pick<SaleStatusProps, 'now'>) {
  const seconds = secondsLeft(opensAt, now.value);
  if (seconds === 0) return <p class="status scheduled">{texts.opening}</p>;
  return (
    <div class="status scheduled">
      <p>{texts.sale.scheduled}</p>
      <p class="big-time" role="timer">
        {countdown(seconds)}
      </p>
      <p class="quiet">{texts.opensAt(opensAt)}</p>
    </div>
  );
}
