import type { Refusal } from '@ingressou/client-sdk';
import { useSignal } from '@preact/signals';
import { checkoutTexts } from '../checkout-texts.ts';
import { ConfirmQuestion } from '../confirm-question.tsx';
import { focusSoon, orderElementId } from '../focus.ts';
import { RefusalMessage } from '../refusal-message.tsx';
import type { OrderProps } from './order-props.ts';
import { OrderTitle } from './order-title.tsx';
import { PixPayment } from './pix-payment.tsx';

/** An order that waits for its payment. */
export function PendingOrder({ order, live, view }: OrderProps) {
  const cents = order.ticketsCents + order.feeCents;
  const isPix = order.method === 'pix';
  return (
    <>
      <OrderTitle order={order}>
        {isPix ? checkoutTexts.pixTitle(cents) : checkoutTexts.cardTitle(cents)}
      </OrderTitle>
      {isPix ? (
        <PixPayment order={order} live={live} view={view} />
      ) : (
        <output class="waiting">{checkoutTexts.waitingCard}</output>
      )}
      {isPix && <GiveUp order={order} live={live} view={view} />}
    </>
  );
}

type Mode = 'idle' | 'asking' | 'sending';

/** Asked twice: the tickets go back on sale. */
function GiveUp({ order, live }: OrderProps) {
  const mode = useSignal<Mode>('idle');
  const refusal = useSignal<Refusal | undefined>(undefined);
  const questionId = `give-up-${order.id}`;
  const ask = () => {
    mode.value = 'asking';
    focusSoon(questionId);
  };
  const goOn = () => {
    mode.value = 'idle';
    focusSoon(orderElementId(order.id));
  };
  const giveUp = async () => {
    mode.value = 'sending';
    refusal.value = await live.giveUp(order);
    if (refusal.value !== undefined) return goOn();
    focusSoon('tickets');
  };
  if (mode.value !== 'idle') {
    return (
      <ConfirmQuestion
        id={questionId}
        question={checkoutTexts.giveUpQuestion}
        confirm={checkoutTexts.giveUpConfirm}
        cancel={checkoutTexts.giveUpCancel}
        isSending={mode.value === 'sending'}
        onConfirm={() => void giveUp()}
        onCancel={goOn}
      />
    );
  }
  return (
    <>
      {refusal.value && <RefusalMessage refusal={refusal.value} live={live} isAboutHold />}
      <div class="actions">
        <button type="button" class="button" onClick={ask}>
          {checkoutTexts.giveUp}
        </button>
      </div>
    </>
  );
}
