import { percentile } from '../../bench/src/samples.ts';

/** Times that were measured, under a name a person understands. */
export interface Figure {
  readonly name: string;
  readonly ms: readonly number[];
}

/** "name p50 1.20 s p99 1.31 s (n 30)", or the one time there is. */
export function sayFigure({ name, ms }: Figure): string {
  const sorted = Float64Array.from(ms).sort();
  if (ms.length === 0) return `${name}: never`;
  if (ms.length === 1) return `${name} ${seconds(sorted[0]!)}`;
  const p50 = seconds(percentile(sorted, 0.5));
  const p99 = seconds(percentile(sorted, 0.99));
  return `${name} p50 ${p50} p99 ${p99} (n ${ms.length})`;
}

export function p99Of({ ms }: Figure): number {
  return percentile(Float64Array.from(ms).sort(), 0.99);
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
