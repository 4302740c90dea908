/** We broke: memory can no longer be trusted. Stops the actor and is never caught to continue. */
export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant';
}

/** States what must be true here, as a sentence. On in production. */
export function assert(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new BrokenInvariant(`It must hold that ${sentence}.`);
}
