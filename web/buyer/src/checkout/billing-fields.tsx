import { checkoutTexts } from '../checkout-texts.ts';
import { ufAsTyped, zipCodeAsTyped } from './billing.ts';
import type { Checkout } from './checkout.ts';
import { Field } from './field.tsx';

interface BillingFieldsProps {
  readonly checkout: Checkout;
  readonly amountCents: number;
  readonly installmentsMax: number;
}

/** Less than this is no instalment. */
const installmentCentsMin = 500;

/** Where the card's bill goes, which its bank compares, and in how many parts it is paid. */
export function BillingFields({ checkout, amountCents, installmentsMax }: BillingFieldsProps) {
  const { zipCode, line1, city, uf } = checkout.billing.value;
  const flawIn = (field: string) => checkout.flaws.value.get(`/card/billing/${field}`);
  return (
    <fieldset class="group">
      <legend>{checkoutTexts.billing}</legend>
      <Field
        pointer="/card/billing/zipCode"
        label={checkoutTexts.zipCode}
        flaw={flawIn('zipCode')}
        input={{
          value: zipCode,
          inputMode: 'numeric',
          autoComplete: 'billing postal-code',
          placeholder: '00000-000',
          onInput: ({ currentTarget }) =>
            checkout.bill('zipCode', zipCodeAsTyped(currentTarget.value)),
        }}
      />
      <Field
        pointer="/card/billing/line1"
        label={checkoutTexts.line1}
        flaw={flawIn('line1')}
        input={{
          value: line1,
          autoComplete: 'billing street-address',
          maxLength: 128,
          onInput: ({ currentTarget }) => checkout.bill('line1', currentTarget.value),
        }}
      />
      <div class="city">
        <Field
          pointer="/card/billing/city"
          label={checkoutTexts.city}
          flaw={flawIn('city')}
          input={{
            value: city,
            autoComplete: 'billing address-level2',
            maxLength: 64,
            onInput: ({ currentTarget }) => checkout.bill('city', currentTarget.value),
          }}
        />
        <Field
          pointer="/card/billing/uf"
          label={checkoutTexts.uf}
          flaw={flawIn('uf')}
          input={{
            value: uf,
            autoComplete: 'billing address-level1',
            autoCapitalize: 'characters',
            onInput: ({ currentTarget }) => checkout.bill('uf', ufAsTyped(currentTarget.value)),
          }}
        />
      </div>
      <Installments checkout={checkout} amountCents={amountCents} max={installmentsMax} />
    </fieldset>
  );
}

function Installments({
  checkout,
  amountCents,
  max,
}: {
  readonly checkout: Checkout;
  readonly amountCents: number;
  readonly max: number;
}) {
  const most = Math.max(1, Math.min(max, Math.floor(amountCents / installmentCentsMin)));
  if (most === 1) return null;
  const counts = Array.from({ length: most }, (_, index) => index + 1);
  return (
    <div class="field">
      <label for="installments">{checkoutTexts.installments}</label>
      <select
        id="installments"
        value={checkout.installments.value}
        onChange={({ currentTarget }) => {
          checkout.installments.value = Number(currentTarget.value);
        }}
      >
        {counts.map((count) => (
          <option key={count} value={count}>
            {checkoutTexts.installment(count, amountCents)}
          </option>
        ))}
      </select>
    </div>
  );
}
