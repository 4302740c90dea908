import { writeFile } from 'node:fs/promises';
import { alignedTable } from '../../scripts/table.ts';
import type { Machine } from './machine.ts';
import type { Pace } from './pace.ts';

/** What a scenario found. */
export interface Outcome {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly figures: Readonly<Record<string, unknown>>;
  /** Figures of one run divided by each other: what another machine may compare. */
  readonly ratios: Readonly<Record<string, number>>;
  /** What must hold whatever the speed. */
  readonly checks: readonly Check[];
  /** The figures for the eye: the first row is the head. */
  readonly table: readonly (readonly string[])[];
  /** Sentences under the table. */
  readonly notes: readonly string[];
}

export interface Check {
  readonly what: string;
  readonly isKept: boolean;
  /** What was found. */
  readonly found: string;
}

export interface Report {
  readonly scenario: string;
  readonly machine: Machine;
  readonly pace: Pace;
  readonly commit: string;
  readonly outcome: Outcome;
}

/** The report for a reader. */
export function textOf({ scenario, machine, pace, commit, outcome }: Report): string {
  const { table, notes, checks, settings } = outcome;
  const { processor, cores, node, database, loadAverageBefore } = machine;
  const set = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  return [
    `${scenario} at ${commit.slice(0, 12)}${commit.endsWith('-dirty') ? ' (dirty)' : ''}`,
    `${processor}, ${cores} cores, Node ${node}, ${database}`,
    `load average before: ${loadAverageBefore.join(' ')}`,
    `pace of the machine: ${paceInWords(pace)}`,
    set.join(', '),
    '',
    alignedTable(table),
    '',
    ...notes,
    ...checks.map(
      ({ what, isKept, found }) => `${isKept ? 'kept  ' : 'BROKEN'}  ${what}: ${found}`,
    ),
  ].join('\n');
}

function paceInWords({ stepNs, readNs, wakeUs, syncMs }: Pace): string {
  const [step, read, wake, sync] = [stepNs, readNs, wakeUs, syncMs].map(shortNumber);
  return `a step ${step} ns, a read ${read} ns, a wake-up ${wake} µs, a sync ${sync} ms`;
}

/** The report for a program. */
export async function writeJson(file: string, report: Report): Promise<void> {
  const { scenario, machine, pace, commit, outcome } = report;
  const { settings, figures, ratios, checks } = outcome;
  const content = { scenario, machine, pace, commit, settings, figures, ratios, checks };
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
}

/** A number with as many digits as mean something. */
export function shortNumber(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en').replaceAll(',', ' ');
  return value.toFixed(value >= 10 ? 1 : 2);
}

/** Counts by name as the end of a sentence; nothing when there are none. */
export function countsText(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([name, count]) => `, ${count} ${name}`);
  return parts.join('');
}
