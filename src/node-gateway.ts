import { systemClock as wallClock } from './clock.ts';
import type { Config } from './config.ts';
import type { Follower, OpenShows } from './node-shows.ts';
import { type OpenStore, projectPath } from './node-store.ts';
import type { RunningTelemetry } from './telemetry.ts';
import { AccessTokens, openSigningKey } from './transport/access-tokens.ts';
import { Fanout } from './transport/fanout.ts';
import type { Route } from './transport/http.ts';
import { type OperationOptions, operationRoutes, routes } from './transport/routes.ts';
import { openServer } from './transport/server.ts';
import { SessionRegistry } from './transport/session-registry.ts';
import { StaticFiles } from './transport/static-files.ts';
import { loadUws } from './transport/uws.ts';

/** A node as it is seen from outside. */
export interface OpenGateway {
  readonly url: string;
  /** Shows people what is committed. */
  readonly follower: Follower;
  /** Says that this node is not ready any more. */
  drain(): void;
  /** Sends every socket away, to come back elsewhere. */
  close(): void;
}

/**
 * Listens for people and operators; in a node that is no gateway for operators alone.
 *
 * @throws {ListenError}
 */
export async function openGateway(
  config: Config,
  shows: OpenShows,
  store: OpenStore,
  telemetry: RunningTelemetry,
): Promise<OpenGateway> {
  const { uws, build } = loadUws();
  const { commands, feeds, clock } = shows;
  const tokens = new AccessTokens(await openSigningKey(config.tokenKeyFile));
  const registry = new SessionRegistry(config.socketsPerSubjectMax);
  const fanout = new Fanout({ commands, feeds, registry, clock, telemetry });
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
    registry,
    tokens,
    clock,
    wallClock,
    telemetry,
    random: Math.random,
    hasDetails: async () => false,
    routes: isGateway ? await publicRoutes(store, tokens, operation) : operationRoutes(operation),
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
    follower: fanout,
    drain: () => {
      isDraining = true;
    },
    close: () => server.close(),
  };
}

async function publicRoutes(
  { catalog }: OpenStore,
  tokens: AccessTokens,
  operation: OperationOptions,
): Promise<readonly Route[]> {
  const page = await StaticFiles.read(projectPath('web/buyer/dist'));
  return routes({ catalog, tokens, wallClock, page, ...operation });
}
