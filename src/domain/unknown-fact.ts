/**
 * A history has a fact of a kind that this program does not know: a newer one wrote it. What the
 * state would be nobody here can say, and the history is good.
 */
export class UnknownFactError extends Error {
  override readonly name = 'UnknownFactError';
  constructor(type: unknown) {
    super(`Nobody here knows a fact of the kind ${String(type)}.`);
  }
}
