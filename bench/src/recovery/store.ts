import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { type NodeId, uuid7 } from '@ingressou/protocol';
import { readConfig } from '../../../src/config.ts';
import { type OpenStore, openStore } from '../../../src/node-store.ts';
import type { Snapshots } from '../../../src/ports/snapshots.ts';
import { FolderSnapshots } from '../../../src/store/snapshots.ts';
import { openTelemetry } from '../../../src/telemetry.ts';
import type { SnapshotPlace } from './messages.ts';

/** What a node stands on, and a lease under which it may claim shows. */
export interface RecoveryStore extends Pick<OpenStore, 'journal' | 'catalog'> {
  readonly node: NodeId;
  readonly snapshots: Snapshots;
  /** Ends the lease, so that the next process may claim at once. */
  close(): Promise<void>;
}

/** Long enough for every fact to be appended or folded: nobody renews it here. */
const leaseMs = 30 * 60_000;

export const telemetry = openTelemetry('error');

/** Opens what the environment names, as a node would; each place of snapshots is one of its own. */
export async function openRecoveryStore(place: SnapshotPlace): Promise<RecoveryStore> {
  const config = readConfig();
  const node = uuid7<NodeId>(Date.now(), randomBytes(16));
  const clusterPrefix = `${config.clusterPrefix}-${place.slice(0, 1)}`;
  const store = await openStore({ ...config, clusterPrefix }, node, telemetry);
  const lease = { node, name: 'bench', hasActors: true, isLeaving: false };
  await store.leases.renew(lease, leaseMs);
  const directory = path.join(config.dataDirectory, 'snapshots', place);
  const { journal, catalog } = store;
  return {
    journal,
    catalog,
    node,
    snapshots: config.redisUrl ? store.snapshots : new FolderSnapshots({ directory }),
    async close() {
      await store.leases.end(node);
      await store.close();
    },
  };
}
