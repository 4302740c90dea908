import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { jobKinds, waitingMax } from '../../src/ports/jobs.ts';
import { suspiciousMoney } from '../../src/ports/telemetry.ts';
import { webhookSources } from '../../src/ports/webhooks.ts';
import { openTelemetry } from '../../src/telemetry.ts';
import { promises } from '../../src/workers/audit/promises.ts';
import { newEvent } from '../contract/rows.ts';

// An alarm on a metric that does not exist never rings.

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const root = path.join(import.meta.dirname, '../..');
const directory = path.join(root, 'deploy/prometheus');
const files = readdirSync(directory).filter((name) => name.endsWith('.rules.yml'));
const rules = files.flatMap((name): readonly Rule[] => {
  const { groups } = parse(readFileSync(path.join(directory, name), 'utf8'));
  return groups.flatMap((group: { readonly rules: readonly Rule[] }) => group.rules);
});

/** What a node that has done a little of everything with shows, jobs, money and gates shows. */
async function metricsText(): Promise<string> {
  const telemetry = openTelemetry('silent');
  const event = newEvent();
  telemetry.turnCommitted({ letters: 1, facts: 1, commitMs: 1 });
  telemetry.outcomeSettled(event, 'given_up');
  telemetry.showSealed(event, undefined);
  telemetry.promiseBroken(event, 'a lot is never oversold', 'one place too many');
  for (const kind of jobKinds) {
    telemetry.jobsPublished(kind, 1);
    telemetry.jobDone({ kind, waitedMs: 1, ms: 1 });
    telemetry.jobDied({ kind, id: 'a', attempt: 1, reason: 'b' });
  }
  telemetry.jobsUnpublished(1, undefined);
  telemetry.brokerChanged(false);
  telemetry.providerChanged(false);
  telemetry.paymentSuspicious('ch_1', 'foreign');
  telemetry.refundFailed('ch_1');
  telemetry.factsFollowed({ follower: 'projector', facts: 1, lagMs: 1 });
  for (const isOnline of [true, false]) {
    telemetry.codeScanned({ ms: 1, isOnline, isAnswered: true });
  }
  for (const outcome of ['kept', 'unauthenticated']) telemetry.webhookReceived('pagarme', outcome);
  const depths = [...jobKinds, 'dead' as const].map((kind) => ({
    kind,
    waiting: 3,
    later: 1,
    oldestMs: 2_000,
  }));
  telemetry.queuesMeasured(depths);
  return telemetry.metrics();
}

/** What tells that nodes cannot reach each other, or what they stand on. */
const clusterMetrics = [
  'bus_up',
  'lease_lapses_total',
  'claims_forced_total',
  'promises_broken_total',
  'commit_seconds',
  'clock_jumps_total',
  'snapshots_total',
  'cache_up',
];

describe('Every alarm', () => {
  const text = metricsText();

  test.each(rules)('$alert looks at metrics that a node shows', async ({ expr }) => {
    const lines = (await text).split('\n');
    const selectors = [...expr.matchAll(/\b(ingressou_\w+)(?:\{([^}]*)\})?/g)];
    expect(selectors).not.toEqual([]);
    for (const [, name = '', matchers = ''] of selectors) {
      const series = lines.filter(
        (line) => line.startsWith(name) && /^[ {]/.test(line.slice(name.length)),
      );
      expect(series, name).not.toEqual([]);
      for (const [, label, operator, value = ''] of matchers.matchAll(
        /(\w+)(=~|!~|!=|=)"([^"]*)"/g,
      )) {
        const values = series.map(
          (line) => new RegExp(`\\b${label}="([^"]*)"`).exec(line)?.[1] ?? '',
        );
        const matches = (each: string) =>
          operator?.endsWith('~') ? new RegExp(`^(?:${value})$`).test(each) : each === value;
        // Something is chosen, and with a "not" something is left out as well.
        expect(values.some(matches), `${label}${operator}"${value}"`).toBe(true);
        if (operator?.startsWith('!')) expect(values.every(matches)).toBe(false);
      }
    }
  });

  const rising = rules.flatMap(({ alert, expr }) =>
    [...expr.matchAll(/\b(?:increase|rate)\((ingressou_\w+_total)(?:\{([^}]*)\})?\[/g)].map(
      ([, name = '', matchers = '']) => ({ alert, name, matchers }),
    ),
  );

  // A series that begins with its first moment has not risen, for Prometheus.
  test.each(rising)('$alert sees the first rise of $name', async ({ name, matchers }) => {
    const lines = (await openTelemetry('silent').metrics()).split('\n');
    const wanted = matchers.split(',').map((matcher) => matcher.trim());
    const zeros = lines.filter(
      (line) => line.startsWith(name) && wanted.every((matcher) => line.includes(matcher)),
    );
    expect(zeros, name).not.toEqual([]);
    for (const line of zeros) expect(line).toMatch(/ 0$/);
  });

  test.each([
    ['jobs_died_total', 'kind', [...jobKinds, 'unknown']],
    ['money_suspicious_total', 'why', suspiciousMoney],
    ['promises_broken_total', 'invariant', Object.keys(promises)],
    ['webhooks_received_total', 'source', webhookSources],
    ['alarms_total', 'alarm', ['show_sealed', 'history_newer', 'command_poisonous', 'failed']],
  ])('sees the first %s of every %s', async (name, label, values) => {
    const text = await openTelemetry('silent').metrics();
    for (const value of values) {
      expect(text).toMatch(new RegExp(`^ingressou_${name}{${label}="${value}".*} 0$`, 'm'));
    }
  });

  test.each(rules)('$alert says how urgent it is, what it means and what to do', (rule) => {
    expect(rule.labels.severity).toMatch(/^(page|ticket)$/);
    expect(rule.annotations.summary).toMatch(/\.$/);
    expect(existsSync(path.join(root, rule.annotations.runbook ?? 'nowhere'))).toBe(true);
    if (rule.for !== undefined) expect(rule.for).toMatch(/^\d+[smh]$/);
  });

  it('leaves none of those out that tell of the cluster', () => {
    const watched = rules.map(({ expr }) => expr).join();
    for (const name of clusterMetrics) expect(watched).toContain(`ingressou_${name}`);
  });

  it('has a name of its own', () => {
    const names = rules.map(({ alert }) => alert);
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
  });

  it('knows how much a queue takes', () => {
    const [full] = rules.filter(({ alert }) => alert === 'QueueNearlyFull');
    expect(Number(/> (\d+)$/.exec(full?.expr ?? '')?.[1])).toBe(0.8 * waitingMax);
    expect(full?.annotations.summary).toContain(String(waitingMax));
  });
});
