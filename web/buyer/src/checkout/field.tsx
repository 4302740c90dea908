import type { InputHTMLAttributes } from 'preact';
import { flawTexts } from '../checkout-texts.ts';
import { fieldElementId } from '../focus.ts';
import type { FlawName } from './buyer-form.ts';

interface FieldProps {
  /** Where it stands in the details. */
  readonly pointer: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly flaw: FlawName | undefined;
  readonly input: InputHTMLAttributes<HTMLInputElement> & Marks;
}

/** What other scripts find a field by. */
type Marks = Readonly<Partial<Record<`data-${string}`, string>>>;

/** A labelled field that says what is wrong with it. */
export function Field({ pointer, label, hint, flaw, input }: FieldProps) {
  const id = fieldElementId(pointer);
  const [hintId, flawId] = [`${id}-hint`, `${id}-flaw`];
  const described = [hint && hintId, flaw && flawId].filter(Boolean).join(' ');
  return (
    <div class={flaw ? 'field wrong' : 'field'}>
      <label for={id}>{label}</label>
      <input
        {...input}
        id={id}
        aria-invalid={flaw !== undefined}
        aria-describedby={described === '' ? undefined : described}
      />
      {hint && (
        <p id={hintId} class="quiet note">
          {hint}
        </p>
      )}
      {flaw && (
        <p id={flawId} class="flaw">
          {flawTexts[flaw]}
        </p>
      )}
    </div>
  );
}
