import {
  type Attempt,
  isKnown,
  judge,
  type Knowledge,
  type Sighting,
  type Verdict,
} from '@ingressou/protocol/admission';
import type { Verified } from '@ingressou/protocol/ticket';
import type { OfflineMode } from './place.ts';

/** What a scanner has to judge by while it is cut off. */
export interface Holding extends Knowledge {
  readonly validUntil: number;
}

export type AloneAttempt = Omit<Attempt, 'isStrict'> & { readonly mode: OfflineMode };

/**
 * The verdict of a scanner that is alone. A package that is too old, or that the operator does not
 * want to go by, still knows who may not come in; whoever it would admit is the operator's to decide.
 */
export function judgeAlone(
  verified: Verified,
  { mode, ...attempt }: AloneAttempt,
  holding: Holding | undefined,
  lastOf: (serial: number) => Sighting | undefined,
): Verdict {
  if (holding === undefined) return judgeByCode(verified, attempt, lastOf);
  const isTrusted = mode !== 'manual' && attempt.now < holding.validUntil;
  const isStrict = isTrusted && mode === 'strict';
  const verdict = judge(verified, { ...attempt, isStrict }, holding);
  return isTrusted || verdict.verdict !== 'admitted' ? verdict : { verdict: 'package_expired' };
}

/** Without any package: whether the code is genuine, and whether it was read here before. */
function judgeByCode(
  verified: Verified,
  { direction }: Omit<Attempt, 'isStrict'>,
  lastOf: (serial: number) => Sighting | undefined,
): Verdict {
  if (direction === 'exit' && isKnown(verified)) return { verdict: 'exited', isInferred: false };
  if (!verified.isGenuine) {
    return verified.reason === 'not_a_ticket'
      ? { verdict: 'not_a_ticket', fault: verified.fault }
      : { verdict: verified.reason };
  }
  const last = lastOf(verified.ticket.serial);
  return last === undefined ? { verdict: 'package_expired' } : { verdict: 'already_used', last };
}
