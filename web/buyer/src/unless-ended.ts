import { ConnectionEndedError } from '@ingressou/client-sdk';

/** Undefined when the connection ended for good: the banner says so, and there is no answer. */
export async function unlessEnded<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ConnectionEndedError) return undefined;
    throw error;
  }
}
