/**
 * Why a socket was closed. Codes below 4000 are RFC 6455's and the IANA registry's. `reconnect`
 * tells the client what to do: at once with jitter, later (the `bye` says when), or not at all.
 */
export const closeCodes = {
  /** 1001: this node leaves; another one answers. */
  going_away: { code: 1001, reconnect: 'soon' },
  /** 1012: this node restarts. */
  restart: { code: 1012, reconnect: 'soon' },
  /** 1013: more sockets than this node takes. */
  overload: { code: 1013, reconnect: 'later' },
  /** No `hello` in time, or an access token that is missing, false or expired. */
  not_authenticated: { code: 4001, reconnect: 'with_new_token' },
  forbidden: { code: 4003, reconnect: 'never' },
  /** Answers piled up unread. */
  too_slow: { code: 4008, reconnect: 'soon' },
  /** The frames are not our protocol: a bug of the client. */
  protocol: { code: 4009, reconnect: 'never' },
  /** The same subject opened more sockets than it may have; the oldest went. */
  replaced: { code: 4010, reconnect: 'never' },
  /** Frames kept coming after `too_fast`. */
  too_fast: { code: 4029, reconnect: 'later' },
} as const satisfies Record<string, { code: number; reconnect: Reconnect }>;

export type Reconnect = 'soon' | 'later' | 'with_new_token' | 'never';
export type CloseName = keyof typeof closeCodes;

/** What a client does after a close. A code that is not ours means the network broke: come back. */
export function reconnectAfter(code: number): Reconnect {
  for (const close of Object.values(closeCodes)) if (close.code === code) return close.reconnect;
  return 'soon';
}
