import type { EventId } from '@ingressou/protocol';
import { pack } from '@ingressou/protocol';
import { type Recovered, recover } from '../../../src/actors/recovery.ts';
import { systemClock as clock } from '../../../src/clock.ts';
import { shortened, snapshotSchema } from '../../../src/domain/snapshot.ts';
import type { Snapshot, Snapshots } from '../../../src/ports/snapshots.ts';
import { ProgramError, serveParent } from '../program.ts';
import { digestOf } from './digest.ts';
import { makeHistory } from './history.ts';
import type { FromRecovery, Recovery, SnapshotPlace, ToRecovery } from './messages.ts';
import { StallMeter } from './stall-meter.ts';
import { openRecoveryStore, telemetry } from './store.ts';

/** One process for one thing: nothing is warm in a process that takes over a show. */
const parent = serveParent<ToRecovery, FromRecovery>(async (message, { tell }) => {
  switch (message.type) {
    case 'make_history': {
      const onProgress = (facts: number) => tell({ type: 'appended', facts });
      return tell({ type: 'history', history: await makeHistory(message.plan, onProgress) });
    }
    case 'recover':
      return tell({ type: 'recovered', recovery: await measure(message.event, message.snapshot) });
  }
});
parent.tell({ type: 'ready' });

/** Takes a show over as the directory does, then saves it as its actor does. */
async function measure(event: EventId, place: SnapshotPlace): Promise<Recovery> {
  const store = await openRecoveryStore(place);
  const begun = { at: performance.now(), cpu: process.cpuUsage(), stalls: new StallMeter() };
  const recovered = await recover({ ...store, clock, telemetry }, event, store.node);
  const ms = performance.now() - begun.at;
  const { user, system } = process.cpuUsage(begun.cpu);
  const stallMs = begun.stalls.end();
  if (recovered === undefined) throw new ProgramError('The show is gone.');
  const residentBytes = process.memoryUsage.rss();

  const encodeBegunAt = performance.now();
  const snapshot = snapshotOf(event, recovered);
  const encodeMs = performance.now() - encodeBegunAt;
  // Only where it replaces the same one: the next process must find what this one found.
  const save = place === 'head' ? await measureSave(store.snapshots, snapshot) : undefined;
  await store.close();

  return {
    isFromSnapshot: recovered.isFromSnapshot,
    ms,
    cpuMs: (user + system) / 1000,
    stallMs,
    encodeMs,
    ...(save === undefined ? {} : { save }),
    snapshotBytes: snapshot.body.length,
    residentBytes,
    digest: digestOf(recovered.state),
  };
}

function snapshotOf(event: EventId, recovered: Recovered): Snapshot {
  const { state, generation, position, hash, at } = recovered;
  const body = pack(shortened(state));
  return { event, generation, position, hash, at, schema: snapshotSchema, body };
}

async function measureSave(snapshots: Snapshots, snapshot: Snapshot): Promise<Recovery['save']> {
  const begunAt = performance.now();
  const stalls = new StallMeter();
  await snapshots.save(snapshot);
  return { ms: performance.now() - begunAt, stallMs: stalls.end() };
}
