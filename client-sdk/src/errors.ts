import type { StateReason } from './states.ts';

export type MisuseCode =
  /** `url` is not an http(s) or ws(s) address. */
  | 'invalid_url'
  /** This runtime has no WebSocket and none was passed. */
  | 'web_socket_missing'
  /** An id that is not a UUID in lower case. */
  | 'malformed_id'
  /** Items that cannot even be asked for: no finite quantity, or too many for one frame. */
  | 'invalid_items'
  /** No, or too many, or impossible numbers of tickets. */
  | 'invalid_serials'
  /** The id passed in belongs to a command that is still waiting for its answer. */
  | 'id_in_flight';

/** A call that can never work as it is written: a bug of the caller. */
export class MisuseError extends Error {
  override readonly name = 'MisuseError';
  readonly code: MisuseCode;

  constructor(code: MisuseCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * The connection is `closed` or `failed` for good. A command that was waiting may have happened or
 * not: the holds of the next connection tell.
 */
export class ConnectionEndedError extends Error {
  override readonly name = 'ConnectionEndedError';
  readonly code: 'closed' | 'failed';
  readonly reason: StateReason;

  constructor(code: 'closed' | 'failed', reason: StateReason) {
    super(`The connection is ${code}: ${reason}.`);
    this.code = code;
    this.reason = reason;
  }
}

/** One thing that is wrong with what was sent. */
export interface Flaw {
  /** Where, as a JSON Pointer: `/buyer/cpf`. */
  readonly pointer: string;
  readonly detail: string;
}

/**
 * A request that the server refused, or that had no answer by the deadline. `code` is for programs
 * and never changes; those of our own making are `no_answer`, `not_ready` and `malformed_answer`.
 */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  /** 0 without an answer. */
  readonly status: number;
  readonly code: string;
  readonly errors: readonly Flaw[];

  constructor(
    status: number,
    code: string,
    { errors = [], ...options }: ErrorOptions & { readonly errors?: readonly Flaw[] } = {},
  ) {
    super(`The request failed: ${status} ${code}.`, options);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }
}
