import { limits } from './limits.ts';

/** How large and how deep untrusted data may be. */
export interface Bounds {
  readonly bytesMax: number;
  readonly depthMax: number;
  readonly entriesMax: number;
  readonly stringBytesMax: number;
}

/** What a server takes from a client. */
export const clientFrameBounds: Bounds = {
  bytesMax: limits.frameBytesMax,
  depthMax: limits.depthMax,
  entriesMax: limits.entriesMax,
  stringBytesMax: limits.stringBytesMax,
};

/** What a client takes from a server: the `state` of a show is the largest. */
export const serverFrameBounds: Bounds = {
  ...clientFrameBounds,
  bytesMax: limits.serverFrameBytesMax,
  entriesMax: limits.lotsMax,
};
