/** Why bytes from outside were not a message. A closed list: it travels in `bye`. */
export type ProtocolFault =
  | 'empty_frame'
  | 'frame_too_large'
  | 'wrong_frame_kind'
  | 'truncated'
  | 'trailing_bytes'
  | 'too_deep'
  | 'too_many_entries'
  | 'string_too_long'
  | 'invalid_text'
  | 'forbidden_type'
  | 'forbidden_key'
  | 'duplicate_key'
  | 'malformed'
  | 'unknown_message'
  | 'wrong_shape'
  | 'malformed_id'
  | 'unexpected_message';

/** The other end does not speak our protocol. The only error that untrusted bytes can cause. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ProtocolFault;

  constructor(code: ProtocolFault, options?: ErrorOptions) {
    super(`The frame is refused: ${code}.`, options);
    this.code = code;
  }
}
