import { kindsOfNews } from './domain/incident-news.ts';
import type { Committed } from './ports/commands.ts';
import type { Telemetry } from './ports/telemetry.ts';

/** Counts what people should look at, once for each time it is news. */
export function tellIncidents(
  { event, facts }: Pick<Committed, 'event' | 'facts'>,
  telemetry: Pick<Telemetry, 'gateIncident'>,
): void {
  for (const fact of facts) {
    for (const kind of kindsOfNews(fact)) telemetry.gateIncident(event, kind);
  }
}
