import type { PixCode } from '@ingressou/client-sdk';
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { checkoutTexts } from '../checkout-texts.ts';
import { secondsLeft } from '../format.ts';
import { RetryMessage } from '../retry-message.tsx';
import { TimeLeft } from '../time-left.tsx';
import { useLoad } from '../use-load.ts';
import type { OrderProps } from './order-props.ts';
import { QrCode } from './qr-code.tsx';

/** How to pay by PIX, and until when. What happens then is told by the live connection. */
export function PixPayment(props: OrderProps) {
  const { order, live } = props;
  if (secondsLeft(order.payBy, live.now.value) === 0) {
    return (
      <p role="alert" class="few">
        {checkoutTexts.pixIsOver}
      </p>
    );
  }
  if (!order.isPayable) return <output class="waiting">{checkoutTexts.preparingPix}</output>;
  return <Code {...props} />;
}

function Code({ order, live }: OrderProps) {
  const [load, retry] = useLoad(() => live.purchases.orders.payment(order.id));
  if (load.status === 'loading') {
    return <output class="waiting">{checkoutTexts.preparingPix}</output>;
  }
  if (load.status === 'failed' || load.value.pix === undefined) {
    return <RetryMessage text={checkoutTexts.pixMissing} retry={retry} />;
  }
  return (
    <div class="pix">
      <QrCode svg={load.value.pix.qrSvg} alt={checkoutTexts.pixAlt} />
      <div class="pix-about">
        <p class="title-line">
          <span>{checkoutTexts.payBy(order.payBy)}</span>
          <TimeLeft endsAt={order.payBy} now={live.now} />
        </p>
        <p>{checkoutTexts.pixSteps}</p>
        <CopyCode pix={load.value.pix} />
        <output class="waiting">{checkoutTexts.waitingPix}</output>
      </div>
    </div>
  );
}

function CopyCode({ pix }: { readonly pix: PixCode }) {
  const outcome = useSignal<string | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(pix.code);
      outcome.value = checkoutTexts.copied;
    } catch {
      // A browser may forbid it, and over plain HTTP it does: then it is copied by hand.
      field.current?.select();
      outcome.value = checkoutTexts.copyByHand;
    }
  };
  return (
    <div class="copy">
      <input
        ref={field}
        readOnly
        value={pix.code}
        aria-label={checkoutTexts.pixCode}
        onFocus={({ currentTarget }) => currentTarget.select()}
      />
      <button type="button" class="button primary" onClick={() => void copy()}>
        {outcome.value ?? checkoutTexts.copy}
      </button>
      <span role="status" class="unseen">
        {outcome.value}
      </span>
    </div>
  );
}
