import { checkoutTexts } from '../checkout-texts.ts';
import type { FlawName } from './buyer-form.ts';
import type { Checkout } from './checkout.ts';
import { isWrongCpf } from './cpf.ts';
import { Field } from './field.tsx';

/** Who buys. A CPF that cannot be right is told while it is typed. */
export function BuyerFields({ checkout }: { readonly checkout: Checkout }) {
  const { name, email, cpf, phone } = checkout.form.value;
  const cpfFlaw = flawIn(checkout, 'cpf') ?? (isWrongCpf(cpf) ? 'cpf' : undefined);
  return (
    <fieldset class="group">
      <legend>{checkoutTexts.buyer}</legend>
      <Field
        pointer="/buyer/name"
        label={checkoutTexts.name}
        flaw={flawIn(checkout, 'name')}
        input={{
          value: name,
          autoComplete: 'name',
          autoCapitalize: 'words',
          maxLength: 64,
          onInput: ({ currentTarget }) => checkout.type('name', currentTarget.value),
        }}
      />
      <Field
        pointer="/buyer/email"
        label={checkoutTexts.email}
        hint={checkoutTexts.emailHint}
        flaw={flawIn(checkout, 'email')}
        input={{
          value: email,
          type: 'email',
          autoComplete: 'email',
          maxLength: 64,
          onInput: ({ currentTarget }) => checkout.type('email', currentTarget.value),
        }}
      />
      <div class="pair">
        <Field
          pointer="/buyer/cpf"
          label={checkoutTexts.cpf}
          flaw={cpfFlaw}
          input={{
            value: cpf,
            inputMode: 'numeric',
            autoComplete: 'off',
            placeholder: '000.000.000-00',
            onInput: ({ currentTarget }) => checkout.type('cpf', currentTarget.value),
          }}
        />
        <Field
          pointer="/buyer/phone"
          label={checkoutTexts.phone}
          flaw={flawIn(checkout, 'phone')}
          input={{
            value: phone,
            type: 'tel',
            autoComplete: 'tel',
            placeholder: '(00) 00000-0000',
            onInput: ({ currentTarget }) => checkout.type('phone', currentTarget.value),
          }}
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

function flawIn(checkout: Checkout, field: string): FlawName | undefined {
  return checkout.flaws.value.get(`/buyer/${field}`);
}
