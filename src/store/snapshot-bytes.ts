import { createHash, subtle } from 'node:crypto';
import { type EventId, pack, unpack } from '@ingressou/protocol';
import type { Snapshot } from '../ports/snapshots.ts';

/** Bytes are not what a snapshot was saved as. */
export class SnapshotBytesError extends Error {
  override readonly name = 'SnapshotBytesError';
}

const CHECKSUM_BYTES = 32;

/**
 * A snapshot as every store keeps it: the SHA-256 of what follows, then msgpack of the snapshot. A
 * thread makes the checksum: shows go on meanwhile.
 */
export async function bytesOf(
  snapshot: Snapshot,
): Promise<readonly [checksum: Uint8Array, content: Uint8Array]> {
  const content = pack(snapshot);
  return [new Uint8Array(await subtle.digest('SHA-256', content)), content];
}

/**
 * The snapshot of this show that the bytes were made of.
 *
 * @throws {SnapshotBytesError} they were changed, cut off, or are of another show
 */
export function snapshotIn(event: EventId, bytes: Uint8Array): Snapshot {
  return parseSnapshot(event, unpack(withoutChecksum(bytes)));
}

function withoutChecksum(bytes: Uint8Array): Uint8Array {
  const content = bytes.subarray(CHECKSUM_BYTES);
  if (checksumOf(content).equals(bytes.subarray(0, CHECKSUM_BYTES))) return content;
  throw new SnapshotBytesError('its checksum is wrong');
}

function checksumOf(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}

function parseSnapshot(event: EventId, value: unknown): Snapshot {
  const { generation, position, hash, at, schema, body } = value as Snapshot;
  const numbers = [generation, position, at, schema];
  const isWhole =
    (value as Snapshot).event === event &&
    numbers.every(Number.isSafeInteger) &&
    hash instanceof Uint8Array &&
    body instanceof Uint8Array;
  if (!isWhole) throw new SnapshotBytesError('it is not a snapshot of this show');
  return { event, generation, position, hash: plain(hash), at, schema, body: plain(body) };
}

/** As it was saved: msgpack gives Buffers, whose `slice` does not copy. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
