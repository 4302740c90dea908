import { numberOf } from '../../../scripts/command.ts';
import { Doors, type Scanner, wordOf } from '../gate/doors.ts';
import { Counter } from '../load/counter.ts';
import { type Outcome, shortNumber } from '../report.ts';
import { Samples } from '../samples.ts';
import type { Scenario, ScenarioContext, ScenarioValues } from '../scenario.ts';

/** One ticket at two gates in one moment, again and again: one comes in, one does not. */
export const sameTicket: Scenario = {
  summary: 'one ticket at two gates in the same millisecond, many times: one comes in',
  options: {
    times: { value: 'N', standard: '10000', help: 'tickets' },
    'at-once': { value: 'N', standard: '50', help: 'tickets that are on their way at a time' },
  },
  run,
};

async function run(values: ScenarioValues, context: ScenarioContext): Promise<Outcome> {
  const times = numberOf(String(values.times), 'times', 1, 100_000);
  const atOnce = numberOf(String(values['at-once']), 'at-once', 1, 60);
  const doors = await Doors.open(times, 2, context);
  try {
    const { codes } = doors.prepared;
    const [a, b] = doors.scanners as readonly [Scanner, Scanner];
    const [pairs, latency] = [new Counter(), new Samples()];
    for (let from = 0; from < times; from += atOnce) {
      const some = codes.slice(from, Math.min(from + atOnce, times));
      await Promise.all(
        some.map((code, at) => both(at % 2 ? [b, a] : [a, b], code, pairs, latency)),
      );
    }
    return outcomeOf({ times, atOnce }, pairs.counts(), latency.summary());
  } finally {
    await doors.close();
  }
}

async function both(
  scanners: readonly Scanner[],
  code: string,
  pairs: Counter,
  latency: Samples,
): Promise<void> {
  const begun = performance.now();
  const words = await Promise.all(
    scanners.map(
      (scanner) =>
        new Promise<string>((resolve) => {
          scanner.scan(code, (answer) => resolve(wordOf(answer)));
        }),
    ),
  );
  latency.add(performance.now() - begun);
  pairs.add(words.sort().join(' and '));
}

const right = 'admitted and already_used';

function outcomeOf(
  settings: { readonly times: number; readonly atOnce: number },
  pairs: Readonly<Record<string, number>>,
  { p50, p99 }: ReturnType<Samples['summary']>,
): Outcome {
  const kept = pairs[right] ?? 0;
  return {
    settings,
    figures: { exactly_once: kept, pairs, p50_ms: p50, p99_ms: p99 },
    ratios: { exactly_once: kept / settings.times },
    checks: [
      {
        what: 'each ticket comes in exactly once',
        isKept: kept === settings.times,
        found: `${kept} of ${settings.times}`,
      },
    ],
    table: [
      ['verdicts', 'tickets'],
      ...Object.entries(pairs).map(([words, count]) => [words, String(count)]),
    ],
    notes: [
      `Both verdicts after ${shortNumber(p50)} ms in the middle, ${shortNumber(p99)} at p99.`,
    ],
  };
}
