import type { EventId } from '@ingressou/protocol';

/**
 * One method per moment that an operator cares about. Each becomes a metric, and a log line where
 * a person would want one. Never told: who, what they wrote, where they are.
 */
export interface Telemetry {
  /** A turn is durable. `commitMs` from the append to its reply. */
  turnCommitted(turn: {
    readonly letters: number;
    readonly facts: number;
    readonly commitMs: number;
  }): void;
  /** `count` answers left; `outcome` is `accepted` or the reason of the rejection. */
  commandsAnswered(outcome: string, count: number): void;
  /** The reply of an append was lost, and this is how it was settled. */
  outcomeSettled(event: EventId, outcome: 'committed' | 'absent' | 'fenced' | 'given_up'): void;
  showServed(recovery: {
    readonly event: EventId;
    readonly epoch: number;
    readonly position: number;
    readonly fromSnapshot: boolean;
    readonly ms: number;
  }): void;
  /** An actor is gone: asleep, drained, fenced, unsettled or broken. */
  showLeft(event: EventId, why: string, cause?: unknown): void;
  /** A command broke an assertion twice and will not be tried again. An alarm. */
  commandPoisonous(event: EventId, cause: unknown): void;
  /** A show's history does not add up. An alarm. */
  showSealed(event: EventId, cause: unknown): void;
  /** Why a snapshot was not used or not saved. */
  snapshotIgnored(event: EventId, why: string): void;
  snapshotSaved(snapshot: { readonly bytes: number; readonly ms: number }): void;

  socketOpened(): void;
  socketClosed(why: string): void;
  /** Bytes from outside were not a message. */
  frameRefused(code: string): void;
  /** A delta went to `sockets` sockets; `ms` from the first send to the last. */
  deltaSent(fanout: { readonly sockets: number; readonly ms: number }): void;
  /** A socket that reads too slowly missed deltas and will get the state instead. */
  socketLagged(): void;
  requestAnswered(request: {
    readonly route: string;
    readonly status: number;
    readonly ms: number;
  }): void;
  /** Something outside the rules of the house went wrong; we go on. */
  failed(what: string, cause: unknown): void;
}
