import type { EventId } from '@ingressou/protocol';
import type { Snapshot, Snapshots } from '../../src/ports/snapshots.ts';

/** Snapshots in memory, as they were given. */
export class KeptSnapshots implements Snapshots {
  readonly kept = new Map<EventId, Snapshot>();

  async save(snapshot: Snapshot): Promise<void> {
    this.kept.set(snapshot.event, snapshot);
  }

  async load(wanted: EventId): Promise<Snapshot | undefined> {
    return this.kept.get(wanted);
  }
}
