import type { CheckoutSettings } from '@ingressou/client-sdk';
import type { HoldView } from '@ingressou/protocol';
import { useEffect, useRef } from 'preact/hooks';
import { checkoutTexts } from '../checkout-texts.ts';
import { shortDate } from '../format.ts';
import type { LiveShow } from '../live-show.ts';
import { refundUntil } from '../orders/refund-terms.ts';
import { RetryMessage } from '../retry-message.tsx';
import { texts } from '../texts.ts';
import { BankDialog } from './bank-dialog.tsx';
import { BillingFields } from './billing-fields.tsx';
import { BuyerFields } from './buyer-fields.tsx';
import { CardFields } from './card-fields.tsx';
import type { Checkout } from './checkout.ts';
import { HolderFields } from './holder-fields.tsx';
import { MethodChoice } from './method-choice.tsx';
import { type OpenDesk, useCardDesk } from './use-card-desk.ts';

interface CheckoutFormProps {
  readonly checkout: Checkout;
  readonly live: LiveShow;
  readonly hold: HoldView;
  readonly settings: CheckoutSettings;
  readonly amountCents: number;
}

const formId = 'checkout-form';

/** Who buys, who comes, and how it is paid; sent by one button. */
export function CheckoutForm(props: CheckoutFormProps) {
  const { checkout, live, hold, settings, amountCents } = props;
  const isCard = checkout.method.value === 'card';
  const cards = useCardDesk(settings, isCard);
  const pay = () => {
    if (isCard && cards.desk === undefined) return;
    void checkout.pay(isCard ? cards.desk : undefined);
  };
  return (
    <div class="form">
      <form
        id={formId}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          pay();
        }}
      >
        <BuyerFields checkout={checkout} />
        <HolderFields checkout={checkout} items={hold.items} nameOf={live.nameOf} />
        <MethodChoice checkout={checkout} methods={settings.methods} />
      </form>
      {isCard && (
        <CardPart
          checkout={checkout}
          cards={cards}
          amountCents={amountCents}
          installmentsMax={settings.installmentsMax}
          onEnter={pay}
        />
      )}
      <p class="quiet note">{rightsOf(live)}</p>
      <Problem checkout={checkout} />
      <PayButton checkout={checkout} live={live} cards={cards} amountCents={amountCents} />
    </div>
  );
}

interface CardPartProps {
  readonly checkout: Checkout;
  readonly cards: OpenDesk;
  readonly amountCents: number;
  readonly installmentsMax: number;
  readonly onEnter: () => void;
}

function CardPart({ checkout, cards, amountCents, installmentsMax, onEnter }: CardPartProps) {
  return (
    <>
      {cards.status === 'failed' && (
        <RetryMessage text={checkoutTexts.cardMissing} retry={cards.retry} />
      )}
      <CardFields checkout={checkout} form={cards.form} onEnter={onEnter} />
      <BillingFields
        checkout={checkout}
        amountCents={amountCents}
        installmentsMax={installmentsMax}
      />
      <BankDialog method={cards.method} challenge={cards.challenge} onLeave={cards.leaveBank} />
    </>
  );
}

function rightsOf({ show, now }: LiveShow): string {
  return checkoutTexts.rights(shortDate(refundUntil(now.value, show.startsAt)));
}

function Problem({ checkout }: Pick<CheckoutFormProps, 'checkout'>) {
  const problem = checkout.problem.value;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (problem !== undefined) box.current?.scrollIntoView({ block: 'nearest' });
  }, [problem]);
  if (problem === undefined) return null;
  return (
    <div ref={box} role="alert" class="refusal">
      <p>
        <strong>{problem.what}</strong>
      </p>
      <p>{problem.advice}</p>
    </div>
  );
}

function PayButton({
  checkout,
  live,
  cards,
  amountCents,
}: Pick<CheckoutFormProps, 'checkout' | 'live' | 'amountCents'> & { readonly cards: OpenDesk }) {
  const isCard = checkout.method.value === 'card';
  const isReady =
    checkout.step.value === 'filling' &&
    live.link.value.state !== 'failed' &&
    (!isCard || cards.desk !== undefined);
  return (
    <>
      {live.link.value.state !== 'live' && <p class="quiet note">{texts.sentOnReconnect}</p>}
      <button
        type="submit"
        form={formId}
        class="button primary"
        aria-disabled={!isReady}
        aria-busy={checkout.step.value !== 'filling'}
      >
        {labelOf(checkout, cards, amountCents)}
      </button>
    </>
  );
}

function labelOf({ step, method }: Checkout, cards: OpenDesk, amountCents: number): string {
  if (step.value === 'bank') return checkoutTexts.askingBank;
  if (step.value === 'sending') return checkoutTexts.sending;
  if (amountCents === 0) return checkoutTexts.payFree;
  if (method.value !== 'card') return checkoutTexts.payPix(amountCents);
  return cards.status === 'loading'
    ? checkoutTexts.cardLoading
    : checkoutTexts.payCard(amountCents);
}
