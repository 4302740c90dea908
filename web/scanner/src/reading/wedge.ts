/**
 * A hand scanner that acts as a keyboard: it types a code faster than any hand and ends with Enter,
 * whatever has the focus. A pure reducer: keys and their times go in, codes come out.
 */
export interface Wedge {
  readonly text: string;
  readonly lastAt: number;
}

export const noKeys: Wedge = { text: '', lastAt: Number.NEGATIVE_INFINITY };

/** Scanners take 1 to 30 ms for a key, a busy phone sees them later, and fast typists take 80. */
const gapMsMax = 50;
/** Nobody types this much by hand that fast. */
const lengthMin = 6;
/** Beyond this nothing of ours is left; the verdict on what is longer is the same. */
const lengthMax = 400;

export interface Keyed {
  readonly wedge: Wedge;
  /** Nobody else should hear of this key. */
  readonly isTaken: boolean;
  readonly code?: string;
}

export function press(wedge: Wedge, key: string, at: number): Keyed {
  const isFast = at - wedge.lastAt <= gapMsMax;
  if (key === 'Enter' || key === 'Tab') {
    const isCode = isFast && wedge.text.length >= lengthMin;
    return isCode
      ? { wedge: noKeys, isTaken: true, code: wedge.text }
      : { wedge: noKeys, isTaken: false };
  }
  // Shift and the like come between the letters of some scanners, and say nothing.
  if ([...key].length !== 1) return { wedge, isTaken: false };
  const text = isFast ? (wedge.text + key).slice(0, lengthMax) : key;
  return { wedge: { text, lastAt: at }, isTaken: isFast };
}
