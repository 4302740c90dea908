/**
 * Numbers both ends must agree on. An operator's numbers live in the server's configuration; a
 * number that only one file needs stands at the top of that file.
 */
export const limits = {
  /** A client's frame, in bytes. uWebSockets closes the socket without a word beyond it. */
  frameBytesMax: 16 * 1024,
  /** A server's frame, in bytes: the `state` of a show with `lotsMax` lots fits well inside. */
  serverFrameBytesMax: 1024 * 1024,
  /** Maps and arrays inside each other; the deepest message needs three. */
  depthMax: 6,
  /** Entries of one map or array of a client's frame. */
  entriesMax: 64,
  /** UTF-8 bytes of one string of a client's frame; an access token is the longest. */
  stringBytesMax: 4096,

  /** From the opened socket to `hello`. */
  helloMs: 5_000,
  /** The server pings at this rhythm; a client that hears nothing for 2.5 of them reconnects. */
  heartbeatMs: 20_000,

  /** Shows one socket may follow. */
  watchesMax: 8,
  /** Different lots in one hold. */
  holdLotsMax: 10,
  /** Units of one lot in one hold. */
  holdQuantityMax: 20,
  /** Orders made of one hold, one after the other; each gives it time to be paid. */
  checkoutsMax: 3,
  /** Tickets of one show. */
  serialsMax: 4_000_000,
  /** Tickets whose name cards are fetched together. */
  cardBlockTickets: 512,
  /** Lots of one show. */
  lotsMax: 500,

  /** Characters of a scanned code that anybody looks at; no ticket is longer. */
  codeLengthMax: 512,
  /** Scans of one `scan_batch`: as many as one text of a frame holds. */
  uploadScansMax: 100,
  /** Scanners of one show. */
  devicesMax: 1_000,
  /** Checkpoints of one show. */
  checkpointsMax: 16,

  /**
   * How old or how far ahead the time inside a command id may be. The state remembers what an id
   * did for longer than the sum of both, so an id that is forgotten can never run again.
   */
  idAgeMs: 24 * 60 * 60 * 1000,
  idAheadMs: 5 * 60 * 1000,
} as const;
