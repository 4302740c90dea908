import { alignedTable } from '../table.ts';
import type { AuditedShow } from './audited-show.ts';

/** Shows in a table at most; of more, only those that somebody must look at. */
const rowsMax = 40;

/** What an operator reads: a table, every broken promise in a sentence, and what to do next. */
export function plainReport(shows: readonly AuditedShow[], ms: number): string {
  const broken = shows.filter(({ violations }) => violations.length > 0);
  const told = shows.length <= rowsMax ? shows : shows.filter((show) => isWorthALook(show));
  const parts = [
    ...(told.length > 0 ? [tableOf(told)] : []),
    ...broken.map(violationsOf),
    summaryOf(shows, broken.length, ms),
  ];
  return parts.join('\n\n');
}

function isWorthALook({ violations, isSealed }: AuditedShow): boolean {
  return violations.length > 0 || isSealed;
}

function tableOf(shows: readonly AuditedShow[]): string {
  const head = ['show', 'position', 'epochs', 'facts', 'violations', ''];
  const rows = shows.map(({ slug, position, epochs, facts, violations, isSealed }) => {
    const count = violations.reduce((sum, violation) => sum + violation.count, 0);
    return [slug, ...[position, epochs, facts, count].map(String), isSealed ? 'sealed' : ''];
  });
  return alignedTable([head, ...rows]);
}

function violationsOf({ event, slug, violations, isSealed }: AuditedShow): string {
  const lines = violations.map(({ invariant, sentence, count }) => {
    return `  ${invariant}: ${sentence}${count > 1 ? ` And ${count - 1} more.` : ''}`;
  });
  const next = [`  npm run journal -- ${event} prints its facts.`];
  if (isSealed) next.push(`  npm run unseal -- ${slug} opens it again, once it may be.`);
  return [`${slug} breaks what is promised:`, ...lines, ...next].join('\n');
}

function summaryOf(shows: readonly AuditedShow[], broken: number, ms: number): string {
  const facts = shows.reduce((sum, show) => sum + show.facts, 0);
  const rate = Math.round((facts * 1000) / Math.max(1, ms));
  const verdict = broken === 0 ? 'every promise is kept' : `${showsOf(broken)} broken`;
  const seconds = (ms / 1000).toFixed(1);
  return `${showsOf(shows.length)}, ${facts} facts in ${seconds} s (${rate} a second): ${verdict}.`;
}

function showsOf(count: number): string {
  return `${count} ${count === 1 ? 'show' : 'shows'}`;
}
