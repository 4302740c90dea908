import { rejections } from '@ingressou/protocol';
import type { Refused } from '../ports/commands.ts';

/** Whether asking the same again may be answered otherwise. */
export function isRetryable({ rejection }: Refused): boolean {
  return rejections[rejection.reason].retryable;
}
