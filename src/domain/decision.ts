import type { CommandId, MergeResult, OverrideReason, Rejection } from '@ingressou/protocol';
import { limits, timeOfId } from '@ingressou/protocol';
import type { Verdict } from '@ingressou/protocol/admission';
import type { Fact } from './facts.ts';

/** A yes with what happens (nothing, for a retry) or a no with its reason. */
export type Decision =
  | {
      readonly accepted: true;
      readonly facts: readonly Fact[];
      readonly expiresAt?: number;
      readonly told?: Told;
    }
  | { readonly accepted: false; readonly rejection: Rejection };

/** What a gate, or a phone that asks for a ticket, is told besides yes. */
export type Told = VerdictTold | MergeTold | BoundTold;

/** What the operator sees; a verdict that lets nobody in is a yes all the same: it was judged. */
export type VerdictTold = {
  readonly type: 'verdict';
  readonly at: number;
  readonly occupancy: number;
  readonly serial?: number | undefined;
  readonly lot?: number | undefined;
  readonly entry?: number | undefined;
  readonly override?: OverrideReason | undefined;
} & Verdict;

export interface MergeTold {
  readonly type: 'merged';
  readonly result: MergeResult;
  readonly upTo: number;
  readonly hash: Uint8Array;
  readonly incidents: number;
  readonly quarantined: number;
}

/** The ticket is the phone's at this revision; null when it was, and has been lost since. */
export interface BoundTold {
  readonly type: 'bound';
  readonly revision: number | null;
}

/** A yes. */
export function accept(...facts: readonly Fact[]): Decision {
  return { accepted: true, facts };
}

/** A yes that tells until when the hold lives. */
export function acceptUntil(expiresAt: number, ...facts: readonly Fact[]): Decision {
  return { accepted: true, facts, expiresAt };
}

/** A yes that tells more. */
export function tell(told: Told, ...facts: readonly Fact[]): Decision {
  return { accepted: true, facts, told };
}

/** A no. */
export function refuse(rejection: Rejection): Decision {
  return { accepted: false, rejection };
}

/** Whether the time in a new id is one we would still remember; see `memoryMs`. */
export function isInTime(id: CommandId, now: number): boolean {
  const made = timeOfId(id);
  return made > now - limits.idAgeMs && made < now + limits.idAheadMs;
}
