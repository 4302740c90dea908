import type { OrderView } from '@ingressou/protocol';
import { useSignal } from '@preact/signals';
import { checkoutTexts } from '../checkout-texts.ts';
import type { LiveShow } from '../live-show.ts';

interface PdfButtonProps {
  readonly order: OrderView;
  readonly live: LiveShow;
}

/** The tickets as a file. It needs the buyer's token, so it is fetched and not linked. */
export function PdfButton({ order, live }: PdfButtonProps) {
  const step = useSignal<'idle' | 'loading' | 'failed'>('idle');
  const download = async () => {
    step.value = 'loading';
    try {
      save(await live.purchases.orders.ticketsPdf(order.id), checkoutTexts.pdfName(live.show.slug));
      step.value = 'idle';
    } catch {
      // Said beside the button, which tries again.
      step.value = 'failed';
    }
  };
  const isLoading = step.value === 'loading';
  return (
    <div class="actions">
      <button
        type="button"
        class="button"
        aria-disabled={isLoading}
        aria-busy={isLoading}
        onClick={() => !isLoading && void download()}
      >
        {isLoading ? checkoutTexts.preparingPdf : checkoutTexts.downloadPdf}
      </button>
      {step.value === 'failed' && (
        <p role="alert" class="few">
          {checkoutTexts.pdfMissing}
        </p>
      )}
    </div>
  );
}

function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
