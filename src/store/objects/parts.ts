/** A piece of a stream that is as large as asked for, but for the last one. */
export interface Part {
  readonly bytes: Uint8Array;
  /** Whether the stream ends with it. An empty stream is one empty part. */
  readonly isLast: boolean;
}

/** Cuts a stream into parts of one size; holds two parts in memory and the chunk in hand. */
export async function* partsOf(
  chunks: AsyncIterable<Uint8Array>,
  partBytes: number,
): AsyncGenerator<Part> {
  let part = new Uint8Array(partBytes);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let taken = 0; taken < chunk.length; ) {
      // A full part leaves only when more is there: nobody knows before whether it is the last.
      if (filled === partBytes) {
        yield { bytes: part, isLast: false };
        part = new Uint8Array(partBytes);
        filled = 0;
      }
      const piece = chunk.subarray(taken, taken + partBytes - filled);
      part.set(piece, filled);
      filled += piece.length;
      taken += piece.length;
    }
  }
  yield { bytes: part.subarray(0, filled), isLast: true };
}
