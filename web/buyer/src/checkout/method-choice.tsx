import type { PaymentMethod } from '@ingressou/protocol';
import { checkoutTexts } from '../checkout-texts.ts';
import type { Checkout } from './checkout.ts';

interface MethodChoiceProps {
  readonly checkout: Checkout;
  readonly methods: readonly PaymentMethod[];
}

/** PIX or a card, as far as they are taken here. */
export function MethodChoice({ checkout, methods }: MethodChoiceProps) {
  return (
    <fieldset class="group">
      <legend>{checkoutTexts.method}</legend>
      <div class="choices">
        {methods.map((method) => (
          <label key={method} class="choice">
            <input
              type="radio"
              name="method"
              checked={checkout.method.value === method}
              onChange={() => checkout.choose(method)}
            />
            <span>
              <strong>{checkoutTexts.methods[method]}</strong>
              <span class="quiet note">{checkoutTexts.methodHints[method]}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
