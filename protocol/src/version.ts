/** The wire protocol's own integer; it grows only when an old client could misread a frame. */
export const PROTOCOL_VERSION = 1;

/** WebSocket subprotocols (RFC 6455 §1.9) with the same messages in two notations. */
export const SUBPROTOCOLS = {
  msgpack: 'ingressou.v1.msgpack',
  json: 'ingressou.v1.json',
} as const;

export type Notation = keyof typeof SUBPROTOCOLS;

/** The path of the live socket. */
export const LIVE_PATH = '/v1/live';

/**
 * Picks from a `Sec-WebSocket-Protocol` header the first one we speak, in the client's order;
 * `undefined` when there is none.
 */
export function chooseNotation(offered: string): Notation | undefined {
  for (const name of offered.split(',')) {
    if (name.trim() === SUBPROTOCOLS.msgpack) return 'msgpack';
    if (name.trim() === SUBPROTOCOLS.json) return 'json';
  }
  return undefined;
}
