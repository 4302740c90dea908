import { describe, expect, it } from 'vitest';
import { told } from '../test/setup/told-gates.ts';
import { tellIncidents } from './gate-incidents.ts';
import { openTelemetry } from './telemetry.ts';

/** What the metric shows after all facts of a story, by kind; kinds of which there are none are left out. */
async function counted(rows: string): Promise<Record<string, number>> {
  const telemetry = openTelemetry('silent');
  const { state, facts } = told(rows);
  tellIncidents({ event: state.event, facts: facts.map(({ fact }) => fact) }, telemetry);
  const shown = (await telemetry.metrics()).matchAll(/gate_incidents_total\{kind="(\w+)"\} (\d+)/g);
  const counts = [...shown].map(([, kind = '', count]) => [kind, Number(count)] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

describe('the metric of incidents', () => {
  it.each([
    ['a chargeback', 'chargeback kA1 oA1 -> charged_back'],
    ['a show that is cancelled', 'undo u1 -> show_cancelled\nwait 1m'],
  ])('counts those who came in with what %s takes back, each once', async (_, rows) => {
    const before = `checkpoints c1
      scan d1 1 in 1 -> admitted
      scan d1 2 in 3 -> admitted
      wait 1m`;
    expect(await counted(before)).toEqual({});
    expect(await counted(`${before}\n${rows}`)).toEqual({ revoked_after_entry: 2 });
  });

  it('does not count again what a chargeback leaves as it is', async () => {
    const found = await counted(`checkpoints c1
      scan d1 1 in 1 -> admitted
      scan d2 1 in 1 ! -> already_used !
      wait 1m
      chargeback kA1 oA1 -> charged_back`);
    expect(found).toEqual({ double_entry: 1, revoked_after_entry: 2 });
  });

  it('counts nothing for tickets that let nobody in', async () => {
    const found = await counted(`checkpoints c1
      refund r1 A1 oA1 2 -> refund_due
      chargeback kA1 oA1 -> charged_back
      scan d1 1 in 1 -> revoked`);
    expect(found).toEqual({});
  });

  it('counts those who came in by a code that is void, when its phone is freed after', async () => {
    // The gate's clock is a second ahead: by it, they came in after the ticket was freed.
    const found = await counted(`checkpoints c1
      phone b1 1 red -> ticket_bound
      clock d1 1
      alone d1 in 1 admitted
      clock d1 0
      upload d1 -> new
      free f1 1 -> ticket_freed`);
    expect(found).toEqual({ revoked_entry: 1 });
  });

  it('counts what a gate that was alone tells later', async () => {
    const found = await counted(`checkpoints c1
      alone d1 in 1 admitted
      wait 1m
      scan d2 1 in 1 -> admitted
      upload d1 -> new double_entry`);
    expect(found).toEqual({ double_entry: 1 });
  });
});
