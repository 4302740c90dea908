import { Packr } from 'msgpackr/pack';

const packer = new Packr({ useRecords: false });

/** Msgpack of a value of ours: messages, facts and snapshots. `undefined` has no place in it. */
export function pack(value: unknown): Uint8Array {
  return packer.pack(value);
}
