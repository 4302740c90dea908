import { RejectedJobError, retryDelaysMs } from './jobs.ts';

/** What becomes of a job whose work failed. Without `retryMs` it is dead. */
export interface JobVerdict {
  /** For operators; names nobody. */
  readonly reason: string;
  /** How long it waits before it is tried again. */
  readonly retryMs?: number;
}

const reasonLengthMax = 300;
/** Somebody's whole page may be in a message; what is behind this is not even looked at. */
const messageLengthMax = 1_000;

/** E-mail addresses, and runs of digits as long as a telephone number: other programs quote them. */
const personal = /\S+@\S+|\+?\(?\d[\d().\-/ ]{6,}\d/g;

/** The same in every adapter: the ladder for all but what will never work. */
export function verdictOn(
  failure: unknown,
  attempt: number,
  delaysMs: readonly number[] = retryDelaysMs,
): JobVerdict {
  const reason = reasonOf(failure);
  if (failure instanceof RejectedJobError) return { reason };
  const retryMs = delaysMs[attempt - 1];
  return retryMs === undefined ? { reason } : { reason, retryMs };
}

function reasonOf(failure: unknown): string {
  const text = failure instanceof Error ? `${failure.name}: ${failure.message}` : String(failure);
  return text.slice(0, messageLengthMax).replaceAll(personal, '…').slice(0, reasonLengthMax);
}
