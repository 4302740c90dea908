import type { Signal } from '@preact/signals';

interface Option<T> {
  readonly value: T;
  readonly label: string;
  readonly about?: string;
}

/** One of a few, each as large as a thumb in a glove. */
export function Choice<T extends string | number>({
  legend,
  chosen,
  options,
}: {
  readonly legend: string;
  readonly chosen: Signal<T>;
  readonly options: readonly Option<T>[];
}) {
  return (
    <fieldset class="choice">
      <legend>{legend}</legend>
      {options.map(({ value, label, about }) => (
        <label key={value} class="option">
          <input
            type="radio"
            name={legend}
            checked={chosen.value === value}
            onChange={() => {
              chosen.value = value;
            }}
          />
          <span>
            <strong>{label}</strong>
            {about === undefined ? null : <span class="about">{about}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
