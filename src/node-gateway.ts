import { randomBytes, randomInt } from 'node:crypto';
import { systemClock as wallClock } from './clock.ts';
import type { Config } from './config.ts';
import type { OpenDelivery } from './node-delivery.ts';
import type { OpenPayments } from './node-payments.ts';
import type { Follower, OpenShows } from './node-shows.ts';
import { type OpenStore, projectPath } from './node-store.ts';
import type { WebhookInbox } from './ports/webhooks.ts';
import type { RunningTelemetry } from './telemetry.ts';
import { AccessTokens, openSigningKey } from './transport/access-tokens.ts';
import { CardDesk } from './transport/card-desk.ts';
import { Fanout } from './transport/fanout.ts';
import { GateDesk } from './transport/gate-desk.ts';
import { type ProviderSources, scannerHeaders, securityHeaders } from './transport/http.ts';

import { KeyRings } from './transport/key-rings.ts';
import type { OrderRouteOptions } from './transport/order-routes.ts';
import { PackageDesk } from './transport/package-desk.ts';
import { type OperationOptions, operationRoutes, routes } from './transport/routes.ts';
import { openServer } from './transport/server.ts';
import { SessionRegistry } from './transport/session-registry.ts';
import { SharedFeeds } from './transport/shared-feeds.ts';
import { StaticFiles } from './transport/static-files.ts';
import { loadUws } from './transport/uws.ts';
import type { WebhookRouteOptions } from './transport/webhook-routes.ts';
import { exportJob } from './workers/exports/lost-exports.ts';
import { signerOf } from './workers/tickets/node-ed25519.ts';
import { SignatureThreads } from './workers/tickets/signature-threads.ts';
import { TicketSigner } from './workers/tickets/signer.ts';
import { unsignedTicket } from './workers/tickets/unsigned-ticket.ts';

/** A node as it is seen from outside. */
export interface OpenGateway {
  readonly url: string;
  /** Shows people what is committed. */
  readonly follower: Follower;
  /** Says that this node is not ready any more. */
  drain(): void;
  /** Sends every socket away, to come back elsewhere, and answers what was asked. */
  close(): Promise<void>;
}

export interface GatewayOptions {
  readonly shows: OpenShows;
  readonly store: OpenStore;
  readonly provider: OpenPayments;
  readonly delivery: OpenDelivery;
  readonly inbox: WebhookInbox;
  readonly telemetry: RunningTelemetry;
}

/**
 * Listens for people and operators; in a node that is no gateway for operators alone.
 *
 * @throws {ListenError}
 */
export async function openGateway(
  config: Config,
  { shows, store, provider, delivery, inbox, telemetry }: GatewayOptions,
): Promise<OpenGateway> {
  const { uws, build } = loadUws();
  const { commands, clock } = shows;
  const feeds = new SharedFeeds(shows.feeds);
  const tokens = new AccessTokens(await openSigningKey(config.tokenKeyFile));
  const registry = new SessionRegistry(config.socketsPerSubjectMax);
  const fanout = new Fanout({ commands, feeds, registry, clock, telemetry });
  const rings = new KeyRings({ keys: store.ticketKeys, clock: wallClock });
  const signatures = new SignatureThreads({
    clock,
    onBroken: (cause) => telemetry.failed('look at signatures in a thread', cause),
  });
  const gates = new GateDesk({
    commands,
    feeds,
    rings,
    verify: signatures.verify,
    codes: store.codes,
    clock,
    telemetry,
  });
  const packages = new PackageDesk({ ...store, commands, rings, signerOf, clock });
  const isGateway = config.roles.has('gateway');
  let isDraining = false;
  const obstacles = async () =>
    isDraining ? ['leaving'] : [...shows.obstacles(), ...(await store.obstacles())];
  const operation: OperationOptions = { obstacles, metrics: telemetry.metrics };
  const server = await openServer({
    ...config,
    uws,
    commands,
    fanout,
    gates,
    registry,
    tokens,
    clock,
    wallClock,
    telemetry,
    random: Math.random,
    hasDetails: (order, subject) => store.details.has(order, subject),
    securityHeaders: securityHeaders(sourcesOf(provider)),
    routes: isGateway
      ? routes({
          tokens,
          wallClock,
          catalog: store.catalog,
          page: await StaticFiles.read(projectPath('web/buyer/dist')),
          telemetry,
          scanner: await StaticFiles.read(projectPath('web/scanner/dist'), {
            prefix: '/scanner',
            headers: scannerHeaders,
          }),
          orders: orderRouteOptions(shows, store, provider, delivery),
          exports: {
            exports: store.exports,
            begin: (wanted) => store.jobs.publish([exportJob(wanted)]),
            objects: delivery.objects,
          },
          gates: {
            commands,
            devices: store.gateDevices,
            rings,
            packages,
            signing: store.signing,
            tokens,
            wallClock,
            clock,
          },
          cards: {
            cards: new CardDesk({ ...store, commands, signerOf, clock, random: randomBytes }),
            wallClock,
          },
          ...(delivery.inbox === undefined ? {} : { inbox: delivery.inbox }),
          webhooks: webhookOptions(config, inbox, telemetry),
          ...operation,
        })
      : operationRoutes(operation),
    hasSockets: isGateway,
    isLeaving: () => isDraining,
  });
  const url = `http://${config.host}:${config.port}`;
  const { nodeName, roles } = config;
  telemetry.say('serving', {
    url,
    node: nodeName,
    pid: process.pid,
    roles: [...roles].join(','),
    uws: build,
  });
  return {
    url,
    follower: {
      follow(committed) {
        fanout.follow(committed);
        gates.follow(committed);
      },
      reached(standing) {
        fanout.reached(standing);
        gates.reached(standing);
      },
      missed(event) {
        fanout.missed(event);
        gates.missed(event);
      },
    },
    drain: () => {
      isDraining = true;
    },
    async close() {
      await server.close();
      await signatures.close();
    },
  };
}

function orderRouteOptions(
  { commands, clock }: OpenShows,
  store: OpenStore,
  { checkout, payments }: OpenPayments,
  { files }: OpenDelivery,
): OrderRouteOptions {
  const signer = new TicketSigner({ ...store, random: () => randomInt(2 ** 32) });
  return {
    ...store,
    commands,
    clock,
    phones: {
      bind: (event, lots, ticket, key) => signer.bind(event, unsignedTicket(lots, ticket), key),
    },
    checkout,
    payments,
    wallClock,
    reads: store.readModels,
    files,
  };
}

function webhookOptions(
  { whatsapp }: Config,
  inbox: WebhookInbox,
  telemetry: RunningTelemetry,
): WebhookRouteOptions {
  const whatsappVerifyToken = whatsapp?.verifyToken;
  return {
    inbox,
    wallClock,
    telemetry,
    ...(whatsappVerifyToken === undefined ? {} : { whatsappVerifyToken }),
  };
}

/** Where the provider's scripts come from and send what they are told, and who challenges. */
function sourcesOf({ checkout }: OpenPayments): ProviderSources {
  const { tokensUrl, tokenizeScriptUrl = '', challengeScriptUrl = '' } = checkout;
  const urls = [tokensUrl, tokenizeScriptUrl, challengeScriptUrl].filter(Boolean);
  const scripts = [...new Set(urls.map((url) => new URL(url).origin))];
  if (challengeScriptUrl === '') return { scripts, challenges: [] };
  return { scripts, challenges: checkout.provider === 'simulator' ? scripts : ['https:'] };
}
