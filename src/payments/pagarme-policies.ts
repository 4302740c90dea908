import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhen,
  type IPolicy,
  retry,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { PaymentsForbiddenError, PaymentsUnavailableError } from '../ports/payments.ts';

/** How long, how often and how many at once. */
export interface Limits {
  /** For one attempt. */
  readonly attemptMs: number;
  /** For the whole call: its attempts, the pauses between them, and its time in the queue. */
  readonly callMs: number;
  readonly attemptsMax: number;
  /** Before the second attempt; twice as long before each one after. */
  readonly pauseMs: number;
  /** So many attempts without an answer in a row, and nobody is let through for `breakMs`. */
  readonly failuresMax: number;
  readonly breakMs: number;
  /** Calls under way, and calls that wait for one of them to end. */
  readonly callsMax: number;
  readonly waitingMax: number;
}

export const defaultLimits: Limits = {
  attemptMs: 10_000,
  callMs: 45_000,
  attemptsMax: 3,
  pauseMs: 500,
  failuresMax: 10,
  breakMs: 10_000,
  callsMax: 16,
  waitingMax: 64,
};

/**
 * From the outside in: the deadline of the call, the bulkhead, the attempts, the breaker, the
 * deadline of an attempt. Only what has no answer is tried again and counts for the breaker: a
 * refusal is an answer, and our bad credentials are nobody's outage.
 */
export function policiesOf(
  limits: Limits,
  random: () => number,
  onBreaker: (isOpen: boolean) => void,
): IPolicy {
  const noAnswer = handleWhen(
    (error) =>
      error instanceof PaymentsUnavailableError && !(error instanceof PaymentsForbiddenError),
  );
  const pause = ({ attempt }: { readonly attempt: number }) =>
    limits.pauseMs * 2 ** (attempt - 1) * (0.5 + random());
  const breaker = circuitBreaker(noAnswer, {
    breaker: new ConsecutiveBreaker(limits.failuresMax),
    halfOpenAfter: limits.breakMs,
  });
  breaker.onBreak(() => onBreaker(true));
  breaker.onReset(() => onBreaker(false));
  return wrap(
    timeout(limits.callMs, TimeoutStrategy.Aggressive),
    bulkhead(limits.callsMax, limits.waitingMax),
    retry(noAnswer, {
      maxAttempts: limits.attemptsMax - 1,
      backoff: new DelegateBackoff(pause),
    }),
    breaker,
    timeout(limits.attemptMs, TimeoutStrategy.Cooperative),
  );
}

/** What a policy itself said, in the words of the port. */
export function policyError(operation: string, error: unknown): unknown {
  const why = whyNot(error);
  return why === undefined ? error : new PaymentsUnavailableError(`${operation}: ${why}`);
}

function whyNot(error: unknown): string | undefined {
  if (error instanceof BrokenCircuitError) return 'it has not for a while';
  if (error instanceof BulkheadRejectedError) return 'too many calls at once';
  return error instanceof TaskCancelledError ? 'it took too long' : undefined;
}
