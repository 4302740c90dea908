import { isDeepStrictEqual } from 'node:util';
import { type EventId, pack } from '@ingressou/protocol';
import { peek, type Recovered } from '../../src/actors/recovery.ts';
import { evolve } from '../../src/domain/evolve.ts';
import { violations } from '../../src/domain/invariants.ts';
import { shortened, toPlain } from '../../src/domain/snapshot.ts';
import { emptyShow } from '../../src/domain/state.ts';
import type { Snapshot, Snapshots } from '../../src/ports/snapshots.ts';
import type { Telemetry } from '../../src/ports/telemetry.ts';
import { DatabaseJournal } from '../../src/store/journal.ts';
import { grouped } from './grouped.ts';
import type { Violation } from './history.ts';
import { Host } from './host.ts';
import type { Ledger } from './ledger.ts';
import type { World } from './world.ts';

/** What the production code makes of the final journal, with and without its snapshots. */
export async function auditRecovery(world: World, ledger: Ledger): Promise<Violation[]> {
  const found: string[] = [];
  try {
    found.push(...auditSnapshots(world, ledger), ...(await auditFold(world, ledger)));
  } catch (error) {
    // Whatever it is, the show could not be brought back.
    found.push(`the show cannot be recovered: ${error}`);
  }
  return found.map((sentence) => ({ time: world.scheduler.now, sentence }));
}

async function auditFold(world: World, { event }: Ledger): Promise<string[]> {
  const replayed = await recovered(world, event, undefined);
  const restored = await recovered(world, event, world.shelf.newest(event));
  const isSame = isDeepStrictEqual(toPlain(replayed.state), toPlain(restored.state));
  const unlike = isSame ? [] : ['the state from the last snapshot is not that of the journal'];
  return [...violations(replayed.state), ...unlike];
}

async function recovered(
  world: World,
  event: EventId,
  snapshot: Snapshot | undefined,
): Promise<Recovered> {
  const database = world.server.directly();
  const journal = new DatabaseJournal({ database, journals: [database] });
  const snapshots: Snapshots = { load: async () => snapshot, save: async () => {} };
  const clock = new Host(world.scheduler);
  const telemetry = { snapshotIgnored: () => {} } as Partial<Telemetry> as Telemetry;
  const found = await peek({ journal, snapshots, clock, telemetry }, event);
  if (found === undefined) throw new Error('it is gone');
  return found;
}

/** Every snapshot is, byte for byte, what a replay up to its position gives. */
function* auditSnapshots(world: World, { event, rows }: Ledger): Generator<string> {
  const handedIn = world.shelf.handedIn.filter((snapshot) => snapshot.event === event);
  const byPosition = grouped(handedIn, ({ position }) => position);
  const state = emptyShow(event);
  for (const { facts, at, position, hash } of rows) {
    for (const fact of facts) evolve(state, fact, at);
    for (const snapshot of byPosition.get(position) ?? []) {
      const isSame =
        Buffer.compare(snapshot.hash, hash) === 0 &&
        Buffer.compare(snapshot.body, pack(shortened(state))) === 0;
      if (!isSame) yield `the snapshot at ${position} is not what a replay gives`;
    }
    byPosition.delete(position);
  }
  for (const position of byPosition.keys()) yield `the snapshot at ${position} is at no row`;
}
