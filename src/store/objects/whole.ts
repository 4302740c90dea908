import {
  ObjectTooLargeError,
  objectBytesMax,
  type StoredObject,
  type StoredStream,
} from '../../ports/objects.ts';

/**
 * A stream as one object, if it may be held in memory.
 *
 * @throws {ObjectTooLargeError} nothing of it was read, or what the stream throws
 */
export async function whole({ chunks, type, size }: StoredStream): Promise<StoredObject> {
  if (size > objectBytesMax) {
    await closed(chunks);
    throw new ObjectTooLargeError(size);
  }
  const bytes = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of chunks) {
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  return { bytes, type };
}

/** Returns a stream before anything is read, so that what is behind it is let go. */
async function closed(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of chunks) return;
}
