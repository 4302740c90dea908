import type { RefObject } from 'preact';
import { checkoutTexts } from '../checkout-texts.ts';
import type { CardFlawName } from './buyer-form.ts';
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
  const field = (flaw: CardFlawName, mark: string, pattern: string, more: object) => {
    const { label, ...input } = more as { readonly label: string };
    return (
      <Field
        pointer={`/card/${flaw}`}
        label={label}
        flaw={checkout.flaws.value.get(`/card/${flaw}`)}
        input={{
          ...input,
          required: true,
          pattern,
          'data-pagarmecheckout-element': mark,
          'data-flaw': flaw,
          onInput: () => checkout.touchCard(`/card/${flaw}`),
        }}
      />
    );
  };
  const digits = { inputMode: 'numeric', autoCorrect: 'off', spellcheck: false };
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
        {field('cardNumber', 'number', '[0-9 ]{13,23}', {
          ...digits,
          label: checkoutTexts.cardNumber,
          autoComplete: 'cc-number',
          maxLength: 23,
          placeholder: '0000 0000 0000 0000',
        })}
        {field('cardHolder', 'holder_name', '.*\\S.*\\S.*', {
          label: checkoutTexts.cardHolder,
          autoComplete: 'cc-name',
          autoCapitalize: 'characters',
          maxLength: 64,
        })}
        <div class="trio">
          {field('cardMonth', 'exp_month', '0?[1-9]|1[0-2]', {
            ...digits,
            label: checkoutTexts.cardMonth,
            autoComplete: 'cc-exp-month',
            maxLength: 2,
          })}
          {field('cardYear', 'exp_year', '(20)?[2-9][0-9]', {
            ...digits,
            label: checkoutTexts.cardYear,
            autoComplete: 'cc-exp-year',
            maxLength: 4,
          })}
          {field('cardCode', 'cvv', '[0-9]{3,4}', {
            ...digits,
            label: checkoutTexts.cardCode,
            autoComplete: 'cc-csc',
            maxLength: 4,
          })}
        </div>
      </fieldset>
    </form>
  );
}
