/** Finds the QR codes in a picture. */
export interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}

/** Pictures in a row, about a second of them: a phone that turns loses one or two. */
const failuresMax = 10;

/**
 * A detector that is replaced for good once it reads no picture any more: a phone may name the formats
 * it knows while the service that reads them is not installed yet, or was taken away.
 */
export function orElse(first: Detector, openOther: () => Promise<Detector>): Detector {
  let used = first;
  let failures = 0;
  return {
    async detect(source) {
      try {
        const found = await used.detect(source);
        failures = 0;
        return found;
      } catch (cause) {
        failures += 1;
        if (used !== first || failures < failuresMax) throw cause;
        failures = 0;
        used = await openOther();
        return await used.detect(source);
      }
    },
  };
}
