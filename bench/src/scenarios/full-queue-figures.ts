import { type Outcome, shortNumber } from '../report.ts';
import { median, type Summary, spreadOf } from '../samples.ts';
import { type Phase, payments, shortQueue, sidesInWords } from './full-queue.ts';
import { spreadText } from './slow-workers-figures.ts';

/** How long a payment's job is on its way while notifications have room, and while they have none. */
export function describeFullQueue(
  phases: readonly Phase[],
): Pick<Outcome, 'figures' | 'ratios' | 'notes'> {
  const [room, full] = [summariesOf(phases, 'room'), summariesOf(phases, 'full')];
  const ratios = spreadOf(full.map(({ p95 }, pair) => p95 / (room[pair]?.p95 ?? 0)));
  return {
    figures: { room: middleOf(room), full: middleOf(full), p95Ratios: ratios },
    ratios: { full_queue_p95_over_room: ratios.median },
    notes: [
      '',
      `a full queue of notifications (${shortQueue} of each kind), ${payments} orders and as many ` +
        'questions about payments a phase; from the question to the hands of a worker:',
      sentenceOf('room', room),
      sentenceOf('full', full),
      `p95 full over room: ${spreadText(ratios)} (none wanted: 1)`,
    ],
  };
}

function summariesOf(phases: readonly Phase[], wanted: Phase['side']): Summary[] {
  return phases.filter(({ side }) => side === wanted).map(({ told }) => told.payments);
}

function middleOf(summaries: readonly Summary[]): Readonly<Record<'p50' | 'p95' | 'p99', number>> {
  return {
    p50: median(summaries.map(({ p50 }) => p50)),
    p95: median(summaries.map(({ p95 }) => p95)),
    p99: median(summaries.map(({ p99 }) => p99)),
  };
}

function sentenceOf(side: Phase['side'], summaries: readonly Summary[]): string {
  const { p50, p95, p99 } = middleOf(summaries);
  const [low, high, highest] = [p50, p95, p99].map(shortNumber);
  return `  ${sidesInWords[side]}: p50 ${low} p95 ${high} p99 ${highest} ms`;
}
