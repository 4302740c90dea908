/**
 * A camera sees a ticket many times while it is held up. It counts once, until it was gone for a
 * while; whoever wants it judged again takes it away and shows it again.
 */
export interface Seen {
  readonly code: string;
  readonly lastAt: number;
}

/** A hand that trembles loses the code for some frames. */
export const goneMs = 1_500;

export function see(seen: Seen | undefined, code: string, at: number) {
  const isNew = seen === undefined || seen.code !== code || at - seen.lastAt > goneMs;
  return { seen: { code, lastAt: at }, isNew };
}
