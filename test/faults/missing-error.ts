/** Something that a scenario needs is not on this machine; the message says what brings it. */
export class MissingError extends Error {
  override readonly name = 'MissingError';
}
