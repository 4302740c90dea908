import type { CommandId, Rejection } from '@ingressou/protocol';
import { limits, timeOfId } from '@ingressou/protocol';
import type { Fact } from './facts.ts';

/** A yes with what happens (nothing, for a retry) or a no with its reason. */
export type Decision =
  | { readonly accepted: true; readonly facts: readonly Fact[]; readonly expiresAt?: number }
  | { readonly accepted: false; readonly rejection: Rejection };

/** A yes. */
export function accept(...facts: readonly Fact[]): Decision {
  return { accepted: true, facts };
}

/** A yes that tells until when the hold lives. */
export function acceptUntil(expiresAt: number, ...facts: readonly Fact[]): Decision {
  return { accepted: true, facts, expiresAt };
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
