import type { NodeId } from '@ingressou/protocol';
import { systemClock as clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Deliveries } from './ports/deliveries.ts';
import type { ExportRows, Exports } from './ports/exports.ts';
import type { Followers } from './ports/followers.ts';
import type { GateDevices } from './ports/gate-devices.ts';
import type { JobQueues } from './ports/jobs.ts';
import type { OrderDetailsStore } from './ports/order-details.ts';
import type { PartnerEndpoints } from './ports/partners.ts';
import type { PaymentRecords } from './ports/payment-records.ts';
import type { ReadModels } from './ports/read-models.ts';
import type { Recipients } from './ports/recipients.ts';
import type { TicketCodes } from './ports/ticket-codes.ts';
import type { SigningKeys, TicketKeys } from './ports/ticket-keys.ts';
import type { WebhookInbox, WebhookSource } from './ports/webhooks.ts';
import { openMasterKey } from './store/data-keys.ts';
import type { Database } from './store/database.ts';
import { DatabaseDeliveries } from './store/deliveries.ts';
import { DatabaseExportRows } from './store/export-rows.ts';
import { DatabaseExports } from './store/exports.ts';
import { DatabaseFollowers } from './store/followers.ts';
import { DatabaseGateDevices } from './store/gate-devices.ts';
import { DatabaseJobs } from './store/jobs.ts';
import { SealedOrderDetails } from './store/order-details.ts';
import { DatabasePartnerEndpoints } from './store/partner-endpoints.ts';
import { DatabasePaymentRecords } from './store/payment-records.ts';
import { DatabaseReadModels } from './store/read-models.ts';
import { DatabaseRecipients } from './store/recipients.ts';
import { DatabaseSigningKeys } from './store/signing-keys.ts';
import { DatabaseTicketCodes } from './store/ticket-codes.ts';
import { DatabaseTicketKeys } from './store/ticket-keys.ts';
import type { Authenticate } from './store/webhook-inbox.ts';
import { DatabaseWebhookInbox } from './store/webhook-inbox.ts';
import type { RunningTelemetry } from './telemetry.ts';
import { openRabbitJobs } from './workers/jobs/rabbitmq.ts';
import { newKeyPair } from './workers/tickets/node-ed25519.ts';

/** What is kept of orders besides their histories: who buys, what was paid, what is to be done. */
export interface SaleStore {
  readonly details: OrderDetailsStore;
  readonly records: PaymentRecords;
  readonly readModels: ReadModels;
  readonly followers: Followers;
  readonly codes: TicketCodes;
  readonly signing: SigningKeys;
  readonly ticketKeys: TicketKeys;
  readonly gateDevices: GateDevices;
  readonly deliveries: Deliveries;
  readonly endpoints: PartnerEndpoints;
  readonly recipients: Recipients;
  readonly exports: Exports;
  readonly exportRows: ExportRows;
  readonly jobs: JobQueues;
  /** The inbox of webhooks, for who can tell where they are from. */
  openInbox(authenticate: Readonly<Record<WebhookSource, Authenticate>>): WebhookInbox;
}

/** `lists` is where lists are read from. @throws {DataKeyError}, {TopologyError} */
export async function openSaleStore(
  config: Config,
  database: Database,
  lists: Database,
  node: NodeId,
  telemetry: RunningTelemetry,
): Promise<SaleStore> {
  const master = await openMasterKey(config.dataKeyFile);
  return {
    details: new SealedOrderDetails(database, master),
    records: new DatabasePaymentRecords(database),
    readModels: new DatabaseReadModels({ database, lists, clock }),
    followers: new DatabaseFollowers({ database }),
    codes: new DatabaseTicketCodes(database),
    deliveries: new DatabaseDeliveries(database),
    endpoints: new DatabasePartnerEndpoints(database, master),
    recipients: new DatabaseRecipients(database),
    exports: new DatabaseExports(database),
    exportRows: new DatabaseExportRows(lists),
    signing: new DatabaseSigningKeys({ database, vault: master, newKeyPair }),
    ticketKeys: new DatabaseTicketKeys(database),
    gateDevices: new DatabaseGateDevices(database),
    jobs: await openJobs(config, database, node, telemetry),
    openInbox: (authenticate) =>
      new DatabaseWebhookInbox({ database, master, clock, authenticate }),
  };
}

async function openJobs(
  { rabbitmqUrl, clusterPrefix: prefix, nodeName: name }: Config,
  database: Database,
  owner: NodeId,
  telemetry: RunningTelemetry,
): Promise<JobQueues> {
  if (rabbitmqUrl === undefined) return new DatabaseJobs({ database, owner, clock, telemetry });
  return await openRabbitJobs(rabbitmqUrl, { prefix, name, clock, telemetry });
}
