import type { EventId } from '@ingressou/protocol';
import { peek } from '../src/actors/recovery.ts';
import { systemClock as clock } from '../src/clock.ts';
import { type Journal, JournalUnavailableError } from '../src/ports/journal.ts';
import { openTelemetry } from '../src/telemetry.ts';

/**
 * Reads the history of a show from its beginning, as a node without a snapshot does, and says what
 * does not add up. Undefined when everything does.
 *
 * @throws {JournalUnavailableError} it cannot be read now
 */
export async function flawOf(journal: Journal, event: EventId): Promise<string | undefined> {
  const snapshots = { load: async () => undefined, save: async () => {} };
  try {
    await peek({ journal, snapshots, clock, telemetry: openTelemetry('silent') }, event);
    return undefined;
  } catch (cause) {
    // Whatever else a history does to its reader, it would do to a node too.
    if (cause instanceof JournalUnavailableError) throw cause;
    return cause instanceof Error ? cause.message : String(cause);
  }
}
