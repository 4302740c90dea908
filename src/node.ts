import { randomBytes } from 'node:crypto';
import { type NodeId, uuid7 } from '@ingressou/protocol';
import { systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { openDelivery } from './node-delivery.ts';
import { openGateway } from './node-gateway.ts';
import { openPayments } from './node-payments.ts';
import { sendersOf } from './node-senders.ts';
import { type Follower, openShows, type ShowListener } from './node-shows.ts';
import { type LeavingNode, stopNode } from './node-stop.ts';
import { openStore } from './node-store.ts';
import { type OpenWorkers, openWorkers } from './node-workers.ts';
import type { Catalog } from './ports/catalog.ts';
import type { Commands } from './ports/commands.ts';
import type { GateDevices } from './ports/gate-devices.ts';
import type { OrderDetailsStore } from './ports/order-details.ts';
import type { Recipients } from './ports/recipients.ts';
import type { TicketCodes } from './ports/ticket-codes.ts';
import type { SigningKeys, TicketKeys } from './ports/ticket-keys.ts';
import { openTelemetry } from './telemetry.ts';

// With its parts `node-*.ts`, the only file that names concrete adapters.

/** A node that serves. */
export interface RunningNode {
  /** This start of it. */
  readonly id: NodeId;
  /** Where its pages and sockets are. */
  readonly url: string;
  readonly commands: Commands;
  readonly catalog: Catalog;
  readonly recipients: Recipients;
  readonly gateDevices: GateDevices;
  /** Of orders, for whoever has to forget somebody. */
  readonly details: Pick<OrderDetailsStore, 'erase'>;
  /** The keys and codes of tickets, for whoever makes tickets without an order: benches and drills. */
  readonly signing: SigningKeys;
  readonly codes: TicketCodes;
  readonly ticketKeys: TicketKeys;
  /**
   * Gives its shows away, or saves them when nobody is there to take them, sends its sockets away
   * and closes everything. Never rejects, and takes no longer than `stopMsMax`.
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
  let workers: OpenWorkers | undefined;
  const listener: ShowListener = {
    follow: (committed) => follower.follow(committed),
    reached: (standing) => follower.reached(standing),
    missed: (event) => follower.missed(event),
    awaited: (event) => workers?.wake(event),
  };
  const shows = await openShows(config, id, store, listener, telemetry);
  const provider = await openPayments(config, telemetry);
  const inbox = store.openInbox(sendersOf(config, provider));
  const delivery = openDelivery(config, shows, store);
  const parts = { shows, store, provider, delivery, inbox, telemetry };
  const gateway = await openGateway(config, parts);
  follower = gateway.follower;
  if (config.roles.has('workers')) workers = openWorkers(config, parts);

  return {
    id,
    url: gateway.url,
    commands: shows.commands,
    catalog: store.catalog,
    recipients: store.recipients,
    gateDevices: store.gateDevices,
    details: store.details,
    signing: store.signing,
    codes: store.codes,
    ticketKeys: store.ticketKeys,
    stop() {
      gateway.drain();
      const leaving: LeavingNode = {
        workers: workers && (() => workers.close()),
        shows: () => shows.leave(),
        gateway: () => gateway.close(),
        rest: [
          { what: 'close what delivers', end: () => delivery.close() },
          { what: 'close the way to the provider', end: () => provider.close() },
          { what: 'leave the other nodes', end: () => shows.close() },
          { what: 'close the store', end: () => store.close() },
        ],
      };
      return stopNode(leaving, { clock: systemClock, telemetry });
    },
  };
}
