import type { EventId, IncidentKind, NodeId } from '@ingressou/protocol';
import type { ScanTime } from '@ingressou/protocol/requests';
import type { JobKind, QueueDepth } from './jobs.ts';

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
  /** An actor is gone: asleep, drained, moved, lapsed, fenced, unsettled or broken. */
  showLeft(event: EventId, why: string, cause?: unknown): void;
  /** A command broke an assertion twice and will not be tried again. An alarm. */
  commandPoisonous(event: EventId, cause: unknown): void;
  /** A show's history does not add up. An alarm. */
  showSealed(event: EventId, cause: unknown): void;
  /** A show's history has facts that only a newer version knows: it is not served here. An alarm. */
  historyNewer(event: EventId, cause: unknown): void;
  /** Why a snapshot was not used or not saved. */
  snapshotIgnored(event: EventId, why: string): void;
  /** The show was given to another node; `ms` from the first step to the release. */
  showMoved(move: { readonly event: EventId; readonly to: NodeId; readonly ms: number }): void;
  /** An owner was silent for a whole lease that still seemed to run; its show was claimed. An alarm. */
  claimForced(event: EventId, from: NodeId): void;
  /** A heartbeat was answered after `ms`; `isLate` when the lease had ended meanwhile. */
  leaseRenewed(renewal: { readonly ms: number; readonly isLate: boolean }): void;
  /** The lease ended without a renewal: nothing is answered for any show. An alarm. */
  leaseLapsed(cause: unknown): void;
  /** The database's clock stepped: nothing is claimed until it is steady. An alarm. */
  clockJumped(byMs: number): void;
  /** The bus came or went. */
  busChanged(isUp: boolean): void;
  /** A frame of `letters` went to another node, and whether that node has received it. */
  frameRouted(frame: {
    readonly letters: number;
    readonly outcome: 'received' | 'nobody' | 'silence' | 'down';
  }): void;
  /** A follower of a show missed facts and asks for its state. */
  feedBroken(event: EventId): void;
  /** A history breaks a promise of the house. An alarm; `invariant` names the promise. */
  promiseBroken(event: EventId, invariant: string, sentence: string): void;
  /** The history of a show was counted again up to `position` and adds up. */
  showAudited(event: EventId, position: number): void;
  /** A follower is done with so many facts of a show; the last of them happened `lagMs` ago. */
  factsFollowed(page: {
    readonly follower: string;
    readonly facts: number;
    readonly lagMs: number;
  }): void;
  /** The service that keeps snapshots came or went. */
  cacheChanged(isUp: boolean): void;
  snapshotSaved(snapshot: { readonly bytes: number; readonly ms: number }): void;

  /** The queues keep `count` more jobs of a kind. */
  jobsPublished(kind: JobKind, count: number): void;
  /** The queues did not take `count` jobs; whoever has them publishes them again. */
  jobsUnpublished(count: number, cause: unknown): void;
  /** `waitedMs` from when it was due to when it was taken, `ms` from then until it was done. */
  jobDone(job: { readonly kind: JobKind; readonly waitedMs: number; readonly ms: number }): void;
  /** It failed the time `attempt` and is tried again. */
  jobRetried(job: FailedJob & { readonly kind: JobKind; readonly retryMs: number }): void;
  /** It will not be tried again unless an operator says so. An alarm. */
  jobDied(job: FailedJob): void;
  /** What waits in the queues, every kind once. */
  queuesMeasured(depths: readonly QueueDepth[]): void;
  /** The broker that keeps the queues came or went. */
  brokerChanged(isUp: boolean): void;

  /** An order came a step further, `ms` after it was made. */
  orderMoved(step: OrderStep, ms: number): void;
  /** The codes of some tickets are signed, `ms` after they were paid. */
  ticketsIssued(issue: { readonly count: number; readonly ms: number }): void;
  /** The payment provider was asked something; every attempt of one call together. */
  providerAnswered(call: {
    readonly operation: string;
    readonly outcome: 'answered' | 'refused' | 'unavailable';
    readonly ms: number;
  }): void;
  /** The provider fails so often that it is left alone for a while, or is asked again. */
  providerChanged(isUp: boolean): void;
  /** Money moved in a way that nobody here asked for: somebody must look. An alarm. */
  paymentSuspicious(charge: string, why: SuspiciousMoney): void;
  /** Money that was due to a buyer is back. */
  refundSettled(): void;
  /** The provider could not give money back, and is asked again. An alarm. */
  refundFailed(charge: string): void;

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
  /** A webhook came, and what the inbox made of it. */
  webhookReceived(source: string, outcome: string): void;
  /** So many codes were looked at before anybody brought them. */
  lookedAhead(codes: number): void;
  /** A scanner judged a code, as it measured itself. */
  codeScanned(scan: ScanTime): void;
  /** Something happened at a gate that people should look at. */
  gateIncident(event: EventId, kind: IncidentKind): void;
  /** A partner was told of something, or could not be; `outcome` is from a closed list. */
  partnerTold(told: { readonly outcome: string; readonly ms: number }): void;
  /** A partner's address failed for too long and is not used any more. An alarm. */
  partnerDisabled(endpoint: string): void;
  /** Something outside the rules of the house went wrong; we go on. */
  failed(what: string, cause: unknown): void;
}

export type OrderStep = 'checked_out' | 'paid' | 'paid_late' | 'failed' | 'expired' | 'cancelled';

export const suspiciousMoney = [
  'currency',
  'recipient',
  /** A charge under a code that is none of ours. */
  'foreign',
  'refunded_elsewhere',
  'refund_without_charge',
] as const;

export type SuspiciousMoney = (typeof suspiciousMoney)[number];

/** A job by its id, which names things and no people. */
interface FailedJob {
  readonly kind: JobKind | 'unknown';
  readonly id: string;
  readonly attempt: number;
  readonly reason: string;
}
