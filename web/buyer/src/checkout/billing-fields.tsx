import type { BillingAddress } from '@ingressou/client-sdk';
import type { InputHTMLAttributes } from 'preact';
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
  return (
    <fieldset class="group">
      <legend>{checkoutTexts.billing}</legend>
      <BillingField
        checkout={checkout}
        field="zipCode"
        asTyped={zipCodeAsTyped}
        input={{
          inputMode: 'numeric',
          autoComplete: 'billing postal-code',
          placeholder: '00000-000',
        }}
      />
      <BillingField
        checkout={checkout}
        field="line1"
        input={{ autoComplete: 'billing street-address', maxLength: 128 }}
      />
      <div class="city">
        <BillingField
          checkout={checkout}
          field="city"
          input={{ autoComplete: 'billing address-level2', maxLength: 64 }}
        />
        <BillingField
          checkout={checkout}
          field="uf"
          asTyped={ufAsTyped}
          input={{ autoComplete: 'billing address-level1', autoCapitalize: 'characters' }}
        />
      </div>
      <Installments checkout={checkout} amountCents={amountCents} max={installmentsMax} />
    </fieldset>
  );
}

interface BillingFieldProps {
  readonly checkout: Checkout;
  readonly field: keyof BillingAddress;
  readonly asTyped?: (text: string) => string;
  readonly input: InputHTMLAttributes<HTMLInputElement>;
}

function BillingField({ checkout, field, asTyped = asItIs, input }: BillingFieldProps) {
  const pointer = `/card/billing/${field}`;
  return (
    <Field
      pointer={pointer}
      label={checkoutTexts[field]}
      flaw={checkout.flaws.value.get(pointer)}
      input={{
        ...input,
        value: checkout.billing.value[field],
        onInput: ({ currentTarget }) => checkout.bill(field, asTyped(currentTarget.value)),
      }}
    />
  );
}

function asItIs(text: string): string {
  return text;
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
