import { Unpackr } from 'msgpackr/unpack';

const unpacker = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number' });

/**
 * Reads what `pack` wrote and a checksum or a trusted store guards. Never bytes from a socket: this
 * reader also builds regular expressions, errors and records.
 */
export function unpack(bytes: Uint8Array): unknown {
  return unpacker.unpack(bytes);
}
