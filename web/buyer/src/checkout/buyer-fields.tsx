import type { Buyer } from '@ingressou/client-sdk';
import type { InputHTMLAttributes } from 'preact';
import { checkoutTexts } from '../checkout-texts.ts';
import type { FlawName } from './buyer-form.ts';
import type { Checkout } from './checkout.ts';
import { isWrongCpf } from './cpf.ts';
import { Field } from './field.tsx';

/** Who buys. A CPF that cannot be right is told while it is typed. */
export function BuyerFields({ checkout }: { readonly checkout: Checkout }) {
  return (
    <fieldset class="group">
      <legend>{checkoutTexts.buyer}</legend>
      <BuyerField
        checkout={checkout}
        field="name"
        input={{ autoComplete: 'name', autoCapitalize: 'words', maxLength: 64 }}
      />
      <BuyerField
        checkout={checkout}
        field="email"
        hint={checkoutTexts.emailHint}
        input={{ type: 'email', autoComplete: 'email', maxLength: 64 }}
      />
      <div class="pair">
        <BuyerField
          checkout={checkout}
          field="cpf"
          flaw={isWrongCpf(checkout.form.value.cpf) ? 'cpf' : undefined}
          input={{ inputMode: 'numeric', autoComplete: 'off', placeholder: '000.000.000-00' }}
        />
        <BuyerField
          checkout={checkout}
          field="phone"
          input={{ type: 'tel', autoComplete: 'tel', placeholder: '(00) 00000-0000' }}
        />
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={checkout.isRemembered.value}
          onChange={({ currentTarget }) => {
            checkout.isRemembered.value = currentTarget.checked;
          }}
        />
        {checkoutTexts.remember}
      </label>
    </fieldset>
  );
}

interface BuyerFieldProps {
  readonly checkout: Checkout;
  readonly field: keyof Buyer;
  readonly hint?: string;
  /** What is wrong already, before anything was sent. */
  readonly flaw?: FlawName | undefined;
  readonly input: InputHTMLAttributes<HTMLInputElement>;
}

function BuyerField({ checkout, field, hint, flaw, input }: BuyerFieldProps) {
  const pointer = `/buyer/${field}`;
  return (
    <Field
      pointer={pointer}
      label={checkoutTexts[field]}
      hint={hint}
      flaw={checkout.flaws.value.get(pointer) ?? flaw}
      input={{
        ...input,
        value: checkout.form.value[field],
        onInput: ({ currentTarget }) => checkout.type(field, currentTarget.value),
      }}
    />
  );
}
