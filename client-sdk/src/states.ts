import { type CloseName, closeCodes } from '@ingressou/protocol';
import { Listeners } from './listeners.ts';

/** Where a connection is in its life; `connection.ts` tells the whole story. */
export type ConnectionState =
  /** Made in this very moment; the first attempt starts at once. */
  | 'idle'
  /** No `welcome` yet. */
  | 'connecting'
  /** What is shown is true now, and commands leave at once. */
  | 'live'
  /** The socket was lost a moment ago and is being replaced; what is shown may be old. */
  | 'resuming'
  /** Offline for longer than `staleAfterMs`, still trying; what is shown is old. */
  | 'stale'
  /** By `close()`, for good. */
  | 'closed'
  /** The server said not to come back, or nobody can give a token; for good. */
  | 'failed';

/** Why the state changed. A name of `closeCodes` is the server's word. */
export type StateReason =
  | CloseName
  | 'started'
  | 'welcomed'
  /** The socket broke, or could not be opened. */
  | 'socket_lost'
  /** No `welcome` in time. */
  | 'no_answer'
  /** No frame for 2.5 heartbeats. */
  | 'silence'
  /** The server sent what is not our protocol. */
  | 'malformed_frame'
  /** `token()` threw. */
  | 'token_unavailable'
  /** `staleAfterMs` have passed. */
  | 'still_offline'
  /** The server speaks a newer version of the protocol: this program must be updated. */
  | 'newer_server'
  | 'closed_by_caller';

export type StateListener = (
  now: ConnectionState,
  before: ConnectionState,
  reason: StateReason,
) => void;

/** The current state and those who want to know. */
export class States {
  readonly #listeners = new Listeners<Parameters<StateListener>>();
  #current: ConnectionState = 'idle';
  #reason: StateReason = 'started';

  get current(): ConnectionState {
    return this.#current;
  }

  /** Why the current state is what it is. */
  get reason(): StateReason {
    return this.#reason;
  }

  get isOver(): boolean {
    return this.#current === 'closed' || this.#current === 'failed';
  }

  onChange(listener: StateListener): () => void {
    return this.#listeners.add(listener);
  }

  move(now: ConnectionState, reason: StateReason): void {
    const before = this.#current;
    if (before === now || this.isOver) return;
    this.#current = now;
    this.#reason = reason;
    this.#listeners.tell(now, before, reason);
  }
}

/** The server's word for a close code; a code that is not ours means the network broke. */
export function reasonOf(code: number): StateReason {
  for (const [name, close] of Object.entries(closeCodes)) {
    if (close.code === code) return name as CloseName;
  }
  return 'socket_lost';
}
