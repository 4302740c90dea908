import type { LotId } from '@ingressou/protocol';
import type { Arrival, OpenResult } from '../load/plan.ts';
import type { Recount } from '../recount.ts';
import { type Check, countsText, type Outcome, shortNumber } from '../report.ts';
import type { Usage } from '../usage.ts';

export interface Opening {
  readonly arrivals: readonly Arrival[];
  readonly isScarce: boolean;
  readonly result: OpenResult;
  readonly usage: Usage;
  readonly history: Recount;
}

/** What the issue of this scenario asks for. */
const p99TargetMs = 50;

/** Figures of an opening, and what must hold of it. */
export function describeOpening(opening: Opening): Omit<Outcome, 'settings'> {
  const { result, usage } = opening;
  const { latency, lateness, deltas, rejected, cores } = result;
  const accepted = result.accepted.length;
  return {
    figures: { latencyMs: latency, latenessMs: lateness, accepted, rejected, deltas, usage, cores },
    ratios: {},
    checks: [...answerChecks(opening), ...deltaChecks(opening), ...journalChecks(opening)],
    table: [
      ['', 'count', 'p50 ms', 'p95', 'p99', 'max'],
      ['reserve, from its time to the answer', ...cells(latency)],
      ['of that: the generator was late', ...cells(lateness)],
    ],
    notes: [
      `p99 ${shortNumber(latency.p99)} ms (target ${p99TargetMs} ms)`,
      `${accepted} accepted${countsText(rejected)}`,
      `deltas per socket: ${Object.values(deltas.perSocket).join(' / ')} (least, median, most)`,
      `busy cores: server ${shortNumber(usage.server)}, generator ${shortNumber(cores)}, machine ${shortNumber(usage.machine)}`,
      '',
    ],
  };
}

function cells({ count, p50, p95, p99, max }: OpenResult['latency']): string[] {
  return [String(count), ...[p50, p95, p99, max].map(shortNumber)];
}

function answerChecks({ arrivals, isScarce, result }: Opening): Check[] {
  const { accepted, rejected, unexpected, unanswered } = result;
  const { sold_out: soldOut = 0, ...otherwise } = rejected;
  const errors = { ...otherwise, ...unexpected };
  const answered = accepted.length + soldOut;
  return [
    {
      what: 'every reservation is answered',
      isKept: unanswered === 0 && result.latency.count === arrivals.length,
      found: `${result.latency.count} of ${arrivals.length}`,
    },
    {
      what: isScarce ? 'every answer is "yours" or "sold out"' : 'every answer is "yours"',
      isKept: Object.keys(errors).length === 0 && (isScarce || soldOut === 0),
      found: `${answered} answers${countsText(rejected)}${countsText(unexpected)}`,
    },
  ];
}

function deltaChecks({ result: { deltas }, history }: Opening): Check[] {
  const { gaps, positions, disagreeing, available, perSocket } = deltas;
  const isEqual = positions.min === positions.max && positions.max === history.visiblePosition;
  const wrong = Object.entries(available).filter(([id, free]) => {
    const lot = history.lots.get(id as LotId);
    return lot === undefined || lot.quantity - lot.taken !== free;
  });
  return [
    {
      what: 'every delta continues where its socket was',
      isKept: gaps === 0 && perSocket.min > 0,
      found: `${gaps} gaps`,
    },
    {
      what: 'in the end every screen shows what the journal says',
      isKept: isEqual && disagreeing === 0 && wrong.length === 0,
      found: `positions ${positions.min} to ${positions.max} of ${history.visiblePosition}, ${disagreeing + wrong.length} differences`,
    },
  ];
}

function journalChecks({ result: { accepted }, history }: Opening): Check[] {
  const missing = accepted.filter((id) => !history.holds.has(id)).length;
  return [
    {
      what: 'the journal holds what was acknowledged and nothing else',
      isKept: missing === 0 && accepted.length === history.holds.size,
      found: `${accepted.length} acknowledged, ${history.holds.size} in the journal, ${missing} missing`,
    },
    {
      what: 'nothing is sold twice at any position',
      isKept: history.violations.length === 0,
      found: history.violations[0] ?? `${history.position} facts counted again`,
    },
  ];
}
