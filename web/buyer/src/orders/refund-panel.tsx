import type { Refusal } from '@ingressou/client-sdk';
import type { OrderView } from '@ingressou/protocol';
import { type Signal, useSignal } from '@preact/signals';
import { checkoutTexts } from '../checkout-texts.ts';
import { focusSoon, orderElementId } from '../focus.ts';
import { RefusalMessage } from '../refusal-message.tsx';
import { texts } from '../texts.ts';
import type { OrderProps } from './order-props.ts';
import { refundOf, refundUntil, validOf } from './refund-terms.ts';

/** Giving tickets back: which, what comes back for them, and until when. */
export function RefundPanel(props: OrderProps) {
  const { order, live, view } = props;
  const isOpen = useSignal(false);
  const until = refundUntil(order.paidAt ?? 0, live.show.startsAt);
  if (view.sale.status === 'cancelled' || validOf(order).length === 0) return null;
  if (live.now.value > until) return <p class="quiet note">{checkoutTexts.refundOver(until)}</p>;
  const questionId = `refund-${order.id}`;
  if (isOpen.value) return <Question {...props} id={questionId} until={until} isOpen={isOpen} />;
  return (
    <div class="actions">
      <button
        type="button"
        class="button"
        onClick={() => {
          isOpen.value = true;
          focusSoon(questionId);
        }}
      >
        {checkoutTexts.refund}
      </button>
    </div>
  );
}

interface QuestionProps extends OrderProps {
  readonly id: string;
  readonly until: number;
  readonly isOpen: Signal<boolean>;
}

function Question({ order, live, id, until, isOpen }: QuestionProps) {
  const valid = validOf(order);
  const chosen = useSignal<ReadonlySet<number>>(new Set(valid.map(({ serial }) => serial)));
  const isSending = useSignal(false);
  const refusal = useSignal<Refusal | undefined>(undefined);
  const serials = valid.map(({ serial }) => serial).filter((serial) => chosen.value.has(serial));
  const close = () => {
    isOpen.value = false;
    focusSoon(orderElementId(order.id));
  };
  const send = async () => {
    isSending.value = true;
    refusal.value = await live.purchases.refund(order.id, serials);
    isSending.value = false;
    if (refusal.value === undefined) close();
  };
  const canSend = !isSending.value && serials.length > 0;
  return (
    <fieldset class="question refund">
      <legend id={id} tabIndex={-1}>
        {checkoutTexts.refundTitle}
      </legend>
      {valid.map(({ serial, lot }) => (
        <label key={serial} class="check">
          <input
            type="checkbox"
            checked={chosen.value.has(serial)}
            onChange={({ currentTarget }) => {
              chosen.value = withSerial(chosen.value, serial, currentTarget.checked);
            }}
          />
          {checkoutTexts.ticket(serial)}, {live.nameOf(lot)}
        </label>
      ))}
      <p role="status">{amountText(order, serials)}</p>
      <p class="quiet note">
        {checkoutTexts.refundFinal} {checkoutTexts.refundRule(until)}
      </p>
      {refusal.value && <RefusalMessage refusal={refusal.value} live={live} isAboutHold />}
      <div class="actions">
        <button
          type="button"
          class="button danger"
          aria-disabled={!canSend}
          onClick={() => canSend && void send()}
        >
          {isSending.value ? texts.sending : checkoutTexts.refundConfirm(serials.length)}
        </button>
        <button type="button" class="button" onClick={() => !isSending.value && close()}>
          {checkoutTexts.refundCancel}
        </button>
      </div>
    </fieldset>
  );
}

function amountText(order: OrderView, serials: readonly number[]): string {
  if (serials.length === 0) return checkoutTexts.refundNone;
  const { totalCents, ticketsCents, feeCents } = refundOf(order, new Set(serials));
  return checkoutTexts.refundAmount(totalCents, ticketsCents, feeCents);
}

function withSerial(all: ReadonlySet<number>, serial: number, isChosen: boolean) {
  const next = new Set(all);
  if (isChosen) next.add(serial);
  else next.delete(serial);
  return next;
}
