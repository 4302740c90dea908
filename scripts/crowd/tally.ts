import type { Refusal } from '@ingressou/client-sdk';
import { Samples } from '../../bench/src/samples.ts';
import { alignedTable } from '../table.ts';

export type Deed = 'reserve' | 'extend' | 'release';

/** What a crowd did and what it was told. */
export class Tally {
  /** Buyers whose connection is live now. */
  live = 0;
  reconnections = 0;
  readonly #accepted: Record<Deed, number> = { reserve: 0, extend: 0, release: 0 };
  readonly #refused = new Map<string, number>();
  readonly #latency = new Samples();

  /** Holds that the crowd has and has not given back. */
  get held(): number {
    return this.#accepted.reserve - this.#accepted.release;
  }

  /** Notes an answer and how long it took. */
  answered(deed: Deed, answer: { readonly accepted: true } | Refusal, ms: number): void {
    this.#latency.add(ms);
    if (answer.accepted) this.#accepted[deed] += 1;
    else this.#refused.set(answer.reason, (this.#refused.get(answer.reason) ?? 0) + 1);
  }

  /** One line for the screen. */
  line(buyers: number): string {
    const { sold_out: soldOut = 0, ...others } = Object.fromEntries(this.#refused);
    const rejected = Object.values(others).reduce((sum, count) => sum + count, 0);
    const { p50, p99 } = this.#latency.summary();
    return [
      `connected ${this.live} of ${buyers}`,
      `held ${this.held}`,
      `sold out ${soldOut}`,
      `rejected ${rejected}`,
      `p50 ${p50.toFixed(1)} ms`,
      `p99 ${p99.toFixed(1)} ms`,
    ].join('   ');
  }

  /** Everything, for the end. */
  table(): string {
    const { count, p50, p95, p99, max } = this.#latency.summary();
    const refused = [...this.#refused].sort().map(([reason, times]) => [reason, String(times)]);
    const latency = [p50, p95, p99, max].map((ms) => ms.toFixed(1));
    const counts = alignedTable([
      ['answers', String(count)],
      ...Object.entries(this.#accepted).map(([deed, times]) => [`${deed}: yes`, String(times)]),
      ...refused.map(([reason = '', times = '']) => [`no: ${reason}`, times]),
      ['reconnections', String(this.reconnections)],
    ]);
    const times = alignedTable([
      ['from the call to the answer', 'p50 ms', 'p95', 'p99', 'max'],
      ['', ...latency],
    ]);
    return `${counts}\n\n${times}`;
  }
}
