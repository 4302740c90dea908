import type { Item } from '@ingressou/protocol';
import { checkoutTexts } from '../checkout-texts.ts';
import { lotsOf } from './buyer-form.ts';
import type { Checkout } from './checkout.ts';
import { Field } from './field.tsx';

interface HolderFieldsProps {
  readonly checkout: Checkout;
  readonly items: readonly Item[];
  readonly nameOf: (lot: string) => string;
}

/** Whose name goes on each ticket: the buyer's, unless somebody else's is wanted. */
export function HolderFields({ checkout, items, nameOf }: HolderFieldsProps) {
  const { isForMe, holders } = checkout.form.value;
  const lots = lotsOf(items);
  return (
    <fieldset class="group">
      <legend>{checkoutTexts.holders}</legend>
      <label class="check">
        <input
          type="checkbox"
          checked={isForMe}
          onChange={({ currentTarget }) => checkout.setForMe(currentTarget.checked)}
        />
        {checkoutTexts.isForMe(lots.length)}
      </label>
      {!isForMe &&
        holders.map((holder, index) => (
          <Field
            key={index}
            pointer={`/holders/${index}/name`}
            label={checkoutTexts.holder(index, nameOf(lots[index] ?? ''))}
            flaw={checkout.flaws.value.get(`/holders/${index}/name`)}
            input={{
              value: holder,
              autoComplete: 'off',
              autoCapitalize: 'words',
              maxLength: 64,
              onInput: ({ currentTarget }) => checkout.nameHolder(index, currentTarget.value),
            }}
          />
        ))}
    </fieldset>
  );
}
