import { texts } from './texts.ts';

interface StepperProps {
  /** What is counted, for who does not see where it stands. */
  readonly label: string;
  readonly value: number;
  readonly canAdd: boolean;
  /** The number is on its way and cannot change now. */
  readonly isLocked: boolean;
  readonly onChange: (value: number) => void;
}

/**
 * Chooses how many. A button that has nothing to do stays focusable, so that the keyboard does
 * not lose its place at the limit.
 */
export function Stepper({ label, value, canAdd, isLocked, onChange }: StepperProps) {
  const mayAdd = canAdd && !isLocked;
  const mayRemove = value > 0 && !isLocked;
  return (
    <fieldset class="stepper">
      <legend class="unseen">{label}</legend>
      <button
        type="button"
        aria-label={texts.fewer}
        aria-disabled={!mayRemove}
        onClick={() => mayRemove && onChange(value - 1)}
      >
        −
      </button>
      <output>{value}</output>
      <button
        type="button"
        aria-label={texts.more}
        aria-disabled={!mayAdd}
        onClick={() => mayAdd && onChange(value + 1)}
      >
        +
      </button>
    </fieldset>
  );
}
