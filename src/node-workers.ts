import { randomInt } from 'node:crypto';
import type { EventId } from '@ingressou/protocol';
import type { Config } from './config.ts';
import type { OpenDelivery } from './node-delivery.ts';
import type { OpenPayments } from './node-payments.ts';
import type { OpenShows } from './node-shows.ts';
import type { OpenStore } from './node-store.ts';
import { readPagarmeWebhook } from './payments/pagarme-webhooks.ts';
import type { DeliveryWord } from './ports/deliveries.ts';
import type { Consuming, Delivery, Job, JobKind } from './ports/jobs.ts';
import type { KeptWebhook, WebhookInbox } from './ports/webhooks.ts';
import type { RunningTelemetry } from './telemetry.ts';
import { sendGridWords, whatsAppWords } from './workers/deliveries/delivery-words.ts';
import { beginLostExports } from './workers/exports/lost-exports.ts';
import { Follow } from './workers/follow/follow.ts';
import { cancelPayment, checkPayment } from './workers/handlers/check-payment.ts';
import { type CreateOptions, createPayment } from './workers/handlers/create-payment.ts';
import { exportFile } from './workers/handlers/export-file.ts';
import { issueTickets } from './workers/handlers/issue-tickets.ts';
import { notifyByEmail } from './workers/handlers/notify-email.ts';
import { notifyByWhatsApp } from './workers/handlers/notify-whatsapp.ts';
import type { Shares } from './workers/handlers/provider-words.ts';
import { refundPayment } from './workers/handlers/refund-payment.ts';
import { Housekeeping } from './workers/housekeeping.ts';
import { DepthWatch } from './workers/jobs/depth-watch.ts';
import { PartnerAddresses, privateNetworks } from './workers/partner-webhooks/partner-addresses.ts';
import { PartnerSender } from './workers/partner-webhooks/partner-sender.ts';
import { tellPartners } from './workers/partner-webhooks/partner-webhooks.ts';
import { Projector } from './workers/projector/projector.ts';
import { Reconciler } from './workers/reconciler.ts';
import { relaysTo } from './workers/relay/relay.ts';
import { TicketSigner } from './workers/tickets/signer.ts';
import { WebhookReader } from './workers/webhook-reader.ts';

/** What a node does after the answers have left. */
export interface OpenWorkers {
  /** Says that a show may have new facts. */
  wake(event: EventId): void;
  /** Takes no more work from this call on; what is in hand is ended, or given back if it takes long. */
  close(): Promise<void>;
}

export interface WorkersOptions {
  readonly shows: OpenShows;
  readonly store: OpenStore;
  readonly provider: OpenPayments;
  readonly delivery: OpenDelivery;
  readonly inbox: WebhookInbox;
  readonly telemetry: RunningTelemetry;
}

/** How many jobs of a kind are in hand at a time: what waits for others may be many. */
export const atOnce: Readonly<Partial<Record<JobKind, number>>> = {
  'payment.create': 8,
  'payment.cancel': 4,
  'payment.check': 4,
  'payment.refund': 4,
  'ticket.issue': 4,
  'notification.email': 4,
  'notification.whatsapp': 4,
  'notification.webhook': 8,
};
const lostMs = 60_000;

export function openWorkers(config: Config, options: WorkersOptions): OpenWorkers {
  const { shows, store, telemetry, inbox } = options;
  const { clock } = shows;
  const follow = new Follow({
    ...store,
    clock,
    telemetry,
    node: shows.node,
    works: [...relaysTo(store.jobs), new Projector(store.readModels)],
  });
  const settle = settleOptions(options);
  const reconciler = new Reconciler({ ...settle, clock });
  const { jobs } = store;
  const readers = {
    pagarme: pagarmeJobs,
    sendgrid: (webhook: KeptWebhook) => raised(store, sendGridWords(webhook.body)),
    whatsapp: (webhook: KeptWebhook) => raised(store, whatsAppWords(webhook.body)),
  };
  const reader = new WebhookReader({ inbox, jobs, clock, telemetry, readers });
  const consuming = Object.entries(handlers(config, options, settle)).map(([kind, work]) =>
    jobs.consume(kind as JobKind, atOnce[kind as JobKind] ?? 1, work),
  );
  const housekeeping = new Housekeeping({ ...store, inbox, clock, telemetry });
  const watch = new DepthWatch({ queues: jobs, clock, telemetry });
  const lost = setInterval(() => {
    const told = (cause: unknown) => telemetry.failed('look for lost exports', cause);
    beginLostExports(store, clock.now()).catch(told);
  }, lostMs);
  // Without a journal in the database there is nothing that followers could find.
  if (config.journal === 'database') follow.start();
  reconciler.start();
  reader.start();
  housekeeping.start();
  return {
    wake: (event) => follow.wake(event),
    async close() {
      clearInterval(lost);
      // At once: from here on none of them takes anything more.
      await Promise.all([
        ...consuming.map((each: Consuming) => each.end()),
        follow.close(),
        reconciler.close(),
        reader.close(),
        housekeeping.close(),
        watch.end(),
      ]);
    },
  };
}

function settleOptions({ shows, store, provider, telemetry }: WorkersOptions): CreateOptions {
  const { platformRecipient } = provider;
  const recipientOf = async (event: EventId): Promise<string | undefined> =>
    platformRecipient === undefined ? undefined : await store.recipients.of(event);
  const sharesOf = async (event: EventId): Promise<Shares | undefined> => {
    const producer = await recipientOf(event);
    if (platformRecipient === undefined || producer === undefined) return undefined;
    return { recipients: new Set([platformRecipient, producer]) };
  };
  return {
    ...store,
    commands: shows.commands,
    payments: provider.payments,
    telemetry,
    clock: shows.clock,
    recipientOf,
    sharesOf,
  };
}

type Handlers = Readonly<Partial<Record<JobKind, (job: Delivery) => Promise<void>>>>;

function handlers(
  { publicUrl, allowsPrivateWebhooks }: Config,
  { shows, store, delivery, telemetry }: WorkersOptions,
  settle: CreateOptions,
): Handlers {
  const random = () => randomInt(2 ** 32);
  const issue = {
    commands: shows.commands,
    signer: new TicketSigner({ ...store, random }),
    telemetry,
    clock: shows.clock,
  };
  const networks = allowsPrivateWebhooks ? privateNetworks : [];
  const sender = new PartnerSender({ addresses: new PartnerAddresses(networks) });
  const partners = { ...store, sender, clock: shows.clock, telemetry };
  const files = { exports: store.exports, rows: store.exportRows, objects: delivery.objects };
  const notify = { ...store, ...delivery, commands: shows.commands, publicUrl };
  return {
    'payment.create': (job) => createPayment(settle, job),
    'payment.cancel': (job) => cancelPayment(settle, job),
    'payment.check': (job) => checkPayment(settle, job),
    'payment.refund': (job) => refundPayment(settle, job),
    'ticket.issue': (job) => issueTickets(issue, job),
    'notification.email': (job) => notifyByEmail(notify, job),
    'notification.whatsapp': (job) => notifyByWhatsApp(notify, job),
    'notification.webhook': (job) => tellPartners(partners, job),
    'export.file': (job) => exportFile(files, job),
  };
}

/** A webhook of the provider is a reason to ask about its order. */
async function pagarmeJobs({
  id,
  body,
}: KeptWebhook): Promise<readonly Job[] | 'ignored' | 'broken'> {
  const hint = readPagarmeWebhook(body);
  if (hint === 'malformed') return 'broken';
  const { order, orderId, event, hookId } = hint;
  if (order === undefined && orderId === undefined) return 'ignored';
  const job: Job = {
    id: `payment.check:${hookId}:${id}`,
    kind: 'payment.check',
    ...(event === undefined ? {} : { event }),
    body: {
      ...(order === undefined ? {} : { order }),
      ...(orderId === undefined ? {} : { providerOrder: orderId }),
    },
  };
  return [job];
}

/** Words about mails and messages change nothing but what is known of them. */
async function raised(
  { deliveries }: OpenStore,
  words: readonly DeliveryWord[] | undefined,
): Promise<readonly Job[] | 'broken'> {
  if (words === undefined) return 'broken';
  await deliveries.raise(words);
  return [];
}
