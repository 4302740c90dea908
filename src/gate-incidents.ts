import type { Committed } from './ports/commands.ts';
import type { Telemetry } from './ports/telemetry.ts';

/** Counts what people should look at, once for each time it is news. */
export function tellIncidents(
  { event, facts }: Pick<Committed, 'event' | 'facts'>,
  telemetry: Pick<Telemetry, 'gateIncident'>,
): void {
  for (const fact of facts) {
    if (fact.type === 'scans_quarantined') telemetry.gateIncident(event, 'log_quarantined');
    if (fact.type !== 'scanned' && fact.type !== 'scans_merged') continue;
    for (const { kind } of fact.incidents) telemetry.gateIncident(event, kind);
  }
}
