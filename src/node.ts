import { randomBytes } from 'node:crypto';
import { type NodeId, uuid7 } from '@ingressou/protocol';
import { systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { openGateway } from './node-gateway.ts';
import { type Follower, openShows } from './node-shows.ts';
import { openStore } from './node-store.ts';
import type { Catalog } from './ports/catalog.ts';
import type { Commands } from './ports/commands.ts';
import { openTelemetry } from './telemetry.ts';

// With its three parts `node-store`, `node-shows` and `node-gateway`, the only file that names
// concrete adapters.

/** A node that serves. */
export interface RunningNode {
  /** This start of it. */
  readonly id: NodeId;
  /** Where its pages and sockets are. */
  readonly url: string;
  readonly commands: Commands;
  readonly catalog: Catalog;
  /**
   * Gives its shows away, or saves them when nobody is there to take them, sends its sockets away
   * and closes everything.
   */
  stop(): Promise<void>;
}

/**
 * Starts a node: the parts in the order a command passes them, back to front, so that nothing is
 * asked before it can answer.
 *
 * @throws {SchemaError}, {ListenError}, {DirectoryInUseError} or what a service said
 */
export async function startNode(config: Config): Promise<RunningNode> {
  const telemetry = openTelemetry(config.logLevel);
  const id = uuid7<NodeId>(systemClock.now(), randomBytes(16));
  const store = await openStore(config, id, telemetry);
  // The shows tell the gateway what is committed, the gateway asks the shows: they come first, and
  // tell nobody until it is there.
  let follower: Follower = { follow() {}, reached() {}, missed() {} };
  const listener: Follower = {
    follow: (committed) => follower.follow(committed),
    reached: (standing) => follower.reached(standing),
    missed: (event) => follower.missed(event),
  };
  const shows = await openShows(config, id, store, listener, telemetry);
  const gateway = await openGateway(config, shows, store, telemetry);
  follower = gateway.follower;

  return {
    id,
    url: gateway.url,
    commands: shows.commands,
    catalog: store.catalog,
    async stop() {
      gateway.drain();
      await shows.leave();
      gateway.close();
      await shows.close();
      await store.close();
    },
  };
}
