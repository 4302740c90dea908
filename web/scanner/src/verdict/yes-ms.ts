/**
 * A yes goes away by itself after so long; everything else waits for a hand or for the next code. The
 * verdict on another ticket of the same page comes after it.
 */
export const yesMs = 2_500;
