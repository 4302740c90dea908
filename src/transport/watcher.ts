import type {
  CloseName,
  CommandId,
  EventId,
  Notation,
  Rejection,
  ServerMessage,
} from '@ingressou/protocol';
import type { Identity } from './access-tokens.ts';

/** A session as those see it who have something to tell it. */
export interface Watcher {
  readonly notation: Notation;
  /** Undefined for somebody who only looks. */
  readonly identity: Identity | undefined;
  readonly isOpen: boolean;
  /** Kept by the fan-out. */
  readonly watched: Set<EventId>;
  /** Whether this socket asked for that command and will get its answer. */
  isAwaiting(id: string): boolean;
  send(message: ServerMessage): void;
  /** Sends what this client asked for. */
  sendFrame(frame: Uint8Array | string): void;
  /** Sends a delta if this client keeps up; otherwise it gets the state once it has caught up. */
  offer(frame: Uint8Array | string): void;
  /** Says no to a command, or to a `watch` by the show's id. */
  refuse(re: CommandId | EventId, rejection: Rejection): void;
  /** Says why, then closes. */
  end(name: CloseName, reason: string, retryAfterMs?: number): void;
  /** Closes itself if its time for something is over. */
  sweep(): void;
}
