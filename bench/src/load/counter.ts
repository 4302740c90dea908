import { unpack } from '@ingressou/protocol';
import type { Counts } from './plan.ts';

/** How often each name was met. */
export class Counter {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  counts(): Counts {
    return Object.fromEntries(this.#counts);
  }
}

/** Why a command was rejected. */
export function reasonOf(bytes: Buffer, begin: number, end: number): string {
  const message = unpack(bytes.subarray(begin, end)) as { readonly reason?: string };
  return message.reason ?? 'no reason';
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
