import type { InputHTMLAttributes, RefObject } from 'preact';
import { checkoutTexts } from '../checkout-texts.ts';
import type { Checkout } from './checkout.ts';
import { Field } from './field.tsx';

interface CardFieldsProps {
  readonly checkout: Checkout;
  readonly form: RefObject<HTMLFormElement | null>;
  /** Enter, in a form that has no button of its own. */
  readonly onEnter: () => void;
}

/**
 * The card. These fields have no names and no state: the provider's script finds them by its marks
 * and reads them itself. It has a form of its own because the script takes a form's submission.
 */
export function CardFields({ checkout, form, onEnter }: CardFieldsProps) {
  return (
    <form
      ref={form}
      data-pagarmecheckout-form=""
      noValidate
      autoComplete="on"
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        onEnter();
      }}
    >
      <fieldset class="group">
        <legend>{checkoutTexts.cardData}</legend>
        <p class="quiet note">{checkoutTexts.cardSafe}</p>
        <CardField
          checkout={checkout}
          flaw="cardNumber"
          mark="number"
          input={{
            ...digits,
            pattern: '[0-9 ]{13,23}',
            autoComplete: 'cc-number',
            maxLength: 23,
            placeholder: '0000 0000 0000 0000',
          }}
        />
        <CardField
          checkout={checkout}
          flaw="cardHolder"
          mark="holder_name"
          input={{
            pattern: '.*\\S.*\\S.*',
            autoComplete: 'cc-name',
            autoCapitalize: 'characters',
            maxLength: 64,
          }}
        />
        <div class="trio">
          <CardField
            checkout={checkout}
            flaw="cardMonth"
            mark="exp_month"
            input={{
              ...digits,
              pattern: '0?[1-9]|1[0-2]',
              autoComplete: 'cc-exp-month',
              maxLength: 2,
            }}
          />
          <CardField
            checkout={checkout}
            flaw="cardYear"
            mark="exp_year"
            input={{
              ...digits,
              pattern: '(20)?[2-9][0-9]',
              autoComplete: 'cc-exp-year',
              maxLength: 4,
            }}
          />
          <CardField
            checkout={checkout}
            flaw="cardCode"
            mark="cvv"
            input={{ ...digits, pattern: '[0-9]{3,4}', autoComplete: 'cc-csc', maxLength: 4 }}
          />
        </div>
      </fieldset>
    </form>
  );
}

const digits = { inputMode: 'numeric', autoCorrect: 'off', spellcheck: false } as const;

interface CardFieldProps {
  readonly checkout: Checkout;
  /** What it is called when it is wrong, and in the texts. */
  readonly flaw: 'cardNumber' | 'cardHolder' | 'cardMonth' | 'cardYear' | 'cardCode';
  /** What the provider's script finds it by. */
  readonly mark: string;
  readonly input: InputHTMLAttributes<HTMLInputElement>;
}

/** It has no value: what stands in it is between the buyer and the script. */
function CardField({ checkout, flaw, mark, input }: CardFieldProps) {
  const pointer = `/card/${flaw}`;
  return (
    <Field
      pointer={pointer}
      label={checkoutTexts[flaw]}
      flaw={checkout.flaws.value.get(pointer)}
      input={{
        ...input,
        required: true,
        'data-pagarmecheckout-element': mark,
        'data-flaw': flaw,
        onInput: () => checkout.forgive(pointer),
      }}
    />
  );
}
