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
    ...shows.filter(hasTroubles).map(troublesOf),
    summaryOf(shows, broken.length, ms),
  ];
  return parts.join('\n\n');
}

function isWorthALook(show: AuditedShow): boolean {
  return show.violations.length > 0 || show.isSealed || hasTroubles(show);
}

function hasTroubles({ money }: AuditedShow): boolean {
  return money !== undefined && money.troubles.length > 0;
}

/** Orders of one show that are told; of more, how many. */
const troublesMax = 20;

function troublesOf({ slug, money }: AuditedShow): string {
  const { troubles = [], behind = 0 } = money ?? {};
  const lines = troubles
    .slice(0, troublesMax)
    .map(({ finding, sentence }) => `  ${finding}: ${sentence}`);
  const more = troubles.length > troublesMax ? [`  and ${troubles.length - troublesMax} more`] : [];
  const late = behind > 0 ? [`  The rows are ${behind} facts behind: look again in a moment.`] : [];
  const next = '  docs/operations/payments.md says what to do.';
  return [`${slug} has money that does not add up:`, ...lines, ...more, ...late, next].join('\n');
}

function tableOf(shows: readonly AuditedShow[]): string {
  const head = ['show', 'position', 'epochs', 'facts', 'violations', 'money', ''];
  const rows = shows.map(({ slug, position, epochs, facts, violations, isSealed, money }) => {
    const troubles = money === undefined ? '-' : String(money.troubles.length);
    const count = violations.reduce((sum, violation) => sum + violation.count, 0);
    return [
      slug,
      ...[position, epochs, facts, count].map(String),
      troubles,
      isSealed ? 'sealed' : '',
    ];
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
  const kept = shows.some(hasTroubles)
    ? 'every promise of the histories is kept, and money does not add up'
    : 'every promise is kept';
  const verdict = broken === 0 ? kept : `${showsOf(broken)} broken`;
  const seconds = (ms / 1000).toFixed(1);
  return `${showsOf(shows.length)}, ${facts} facts in ${seconds} s (${rate} a second): ${verdict}.`;
}

function showsOf(count: number): string {
  return `${count} ${count === 1 ? 'show' : 'shows'}`;
}
