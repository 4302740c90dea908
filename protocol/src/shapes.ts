import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/** Where a value is not as it must be: a JSON pointer (RFC 6901) and what is wrong, never the value. */
export interface Flaw {
  readonly pointer: string;
  readonly detail: string;
}

/** What a request's body must look like. Only servers check. */
export interface Shape<T> {
  check(value: unknown): value is T;
  /** Empty for a good value; at most `flawsMax`. */
  flaws(value: unknown): readonly Flaw[];
}

/** Enough to mend a body by; a hostile one could have thousands. */
const flawsMax = 20;

/** `T` is what the schema describes, with our own ids where it says text. */
export function shapeOf<T>(schema: TSchema): Shape<T> {
  const validator = Compile(schema);
  return {
    check: (value): value is T => validator.Check(value),
    flaws: (value) =>
      validator
        .Errors(value)
        .slice(0, 3 * flawsMax)
        .flatMap(flawsOf)
        .slice(0, flawsMax),
  };
}

type Fault = ReturnType<ReturnType<typeof Compile>['Errors']>[number];

function flawsOf(fault: Fault): Flaw[] {
  const pointer = `#${fault.instancePath}`;
  switch (fault.keyword) {
    // The field that is too much has a fault of its own.
    case 'additionalProperties':
      return [];
    case 'boolean':
      return [{ pointer, detail: 'is not known here' }];
    case 'required':
      return fault.params.requiredProperties.map((name) => ({
        pointer: `${pointer}/${name}`,
        detail: 'is missing',
      }));
    case 'pattern':
      return [{ pointer, detail: 'is not written as it must be' }];
    default:
      return [{ pointer, detail: fault.message }];
  }
}
