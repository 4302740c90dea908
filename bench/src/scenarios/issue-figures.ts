import { type Batch, type Issued, ticketsPerSecond } from '../issue/messages.ts';
import { between, countOf, type OrderMoment } from '../issue/order-times.ts';
import { type Check, countsText, type Outcome, shortNumber } from '../report.ts';
import { median, type Summary, spreadOf } from '../samples.ts';
import type { PlayedOrders } from './issue-orders.ts';

/** Figures of both halves of the scenario, and what must hold of the orders. */
export function describeIssue(
  batches: readonly Issued[],
  played: PlayedOrders,
): Omit<Outcome, 'settings'> {
  const stages = stagesOf(played);
  const batch = batchFigures(batches);
  const { usage, result } = played;
  return {
    figures: { batch, stages, usage, generatorCores: result.cores },
    ratios: {},
    checks: checksOf(played),
    table: [
      ['from … to', 'orders', 'p50 ms', 'p95', 'p99', 'max'],
      ...Object.entries(stages).map(([name, stage]) => rowOf(name, stage)),
    ],
    notes: [
      `from payment to ticket: p95 ${shortNumber(stages['paid to signed'].p95)} ms`,
      ...batchTexts(batch),
      `the first document of a new thread takes ${shortNumber(batch.firstDocumentMs)} ms`,
      `busy cores: node ${shortNumber(usage.server)}, generator ${shortNumber(result.cores)}, ` +
        `everybody else ${shortNumber(usage.machine - usage.server - result.cores)}`,
      '',
    ],
  };
}

function stagesOf({ times, result }: PlayedOrders) {
  const stage = (from: OrderMoment, to: OrderMoment) => between(times.values(), from, to);
  return {
    'asked to checked out': result.checkout,
    'checked out to payable': stage('checkedOut', 'begun'),
    'payable to paid': stage('begun', 'paid'),
    'paid to signed': stage('paid', 'signed'),
    'signed to mailed': stage('signed', 'mailed'),
    'paid to mailed': stage('paid', 'mailed'),
  };
}

function rowOf(name: string, { count, p50, p95, p99, max }: Summary): string[] {
  return [name, String(count), ...[p50, p95, p99, max].map(shortNumber)];
}

const batchNames = { signed: 'signed and kept', rendered: 'drawn', both: 'signed and drawn' };

type BatchName = keyof typeof batchNames;

function batchFigures(batches: readonly Issued[]) {
  const of = (name: BatchName) => batchOf(batches.map((issued) => issued[name]));
  return {
    signed: of('signed'),
    rendered: of('rendered'),
    both: of('both'),
    firstDocumentMs: median(batches.map(({ firstDocumentMs }) => firstDocumentMs)),
  };
}

/** What one worker does in a second, and what that costs. */
export function batchOf(batches: readonly Batch[]) {
  return {
    ticketsPerSecond: spreadOf(batches.map(ticketsPerSecond)),
    ordersPerSecond: median(batches.map(({ orders, ms }) => (orders / ms) * 1000)),
    cpuMsPerTicket: median(batches.map(({ cpuMs, tickets }) => cpuMs / tickets)),
  };
}

function batchTexts(figures: ReturnType<typeof batchFigures>): string[] {
  const names = Object.keys(batchNames) as BatchName[];
  return names.map((name) => {
    const { ticketsPerSecond: rate, ordersPerSecond, cpuMsPerTicket } = figures[name];
    const [median, min, max] = [rate.median, rate.min, rate.max].map(shortNumber);
    return (
      `one worker, ${batchNames[name]}: ${median} tickets/s from ${min} to ${max}, ` +
      `${shortNumber(ordersPerSecond)} orders/s, ${shortNumber(cpuMsPerTicket)} ms of a core each`
    );
  });
}

function checksOf({ result, times, history }: PlayedOrders): Check[] {
  const { orders, signed, unexpected } = result;
  const count = (moment: OrderMoment) => countOf(times.values(), moment);
  const [paid, kept, mailed] = [count('paid'), count('signed'), count('mailed')];
  return [
    {
      what: 'every order is checked out, paid and signed, and its buyer hears of it',
      isKept:
        orders.length > 0 &&
        [paid, kept, signed].every((each) => each === orders.length) &&
        Object.keys(unexpected).length === 0,
      found: `${orders.length} checked out, ${paid} paid, ${kept} signed, ${signed} heard${countsText(unexpected)}`,
    },
    {
      what: 'every order has its mail',
      isKept: mailed === orders.length,
      found: `${mailed} of ${orders.length}`,
    },
    {
      what: 'nothing is sold twice at any position',
      isKept: history.violations.length === 0,
      found: history.violations[0] ?? `${history.position} facts counted again`,
    },
  ];
}
