import { yesMs } from '../verdict/yes-ms.ts';

/**
 * A camera sees a ticket many times while it is held up. It counts once, until it was gone for a
 * while; whoever wants it judged again takes it away and shows it again. A pure reducer: what each
 * picture shows goes in.
 */
export type InView = ReadonlyMap<string, Glimpse>;

interface Glimpse {
  readonly takenAt: number;
  readonly lastAt: number;
  /** Pictures since without it. */
  readonly misses: number;
}

/** A hand that trembles loses the code for some pictures, and a slow phone takes few of them. */
export const goneMs = 1_500;
export const goneLooks = 3;

/** What is still in view after a picture, and a code in it that was not in view before. */
export function look(before: InView, codes: readonly string[], at: number) {
  const inView = new Map<string, Glimpse>();
  let isShown = false;
  for (const [code, { takenAt, lastAt, misses }] of before) {
    if (codes.includes(code)) {
      inView.set(code, { takenAt, lastAt: at, misses: 0 });
      isShown ||= at - takenAt < yesMs;
    } else if (misses + 1 < goneLooks || at - lastAt <= goneMs) {
      inView.set(code, { takenAt, lastAt, misses: misses + 1 });
    }
  }
  return { inView, fresh: isShown ? undefined : codes.find((code) => !inView.has(code)) };
}

/** A fresh code was taken: from now on it is in view. */
export function noted(inView: InView, code: string, at: number): InView {
  return new Map(inView).set(code, { takenAt: at, lastAt: at, misses: 0 });
}
