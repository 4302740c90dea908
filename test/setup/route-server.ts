import { generateKeyPairSync } from 'node:crypto';
import { freePort } from '../../scripts/free-port.ts';
import { systemClock } from '../../src/clock.ts';
import type { Telemetry } from '../../src/ports/telemetry.ts';
import { AccessTokens } from '../../src/transport/access-tokens.ts';
import { Exchanges } from '../../src/transport/exchanges.ts';
import { type Route, securityHeaders } from '../../src/transport/http.ts';
import { addLastResort, addPreflight, addRoute } from '../../src/transport/http-server.ts';
import { loadUws } from '../../src/transport/uws.ts';
import { VerifiedTokens } from '../../src/transport/verified-tokens.ts';
import { silentTelemetry } from './silent-telemetry.ts';

/** Routes that listen, with nothing else of a node around them. */
export interface RouteServer {
  readonly url: string;
  readonly tokens: AccessTokens;
  close(): void;
}

export interface RouteServerOptions {
  readonly tokens?: AccessTokens;
  readonly telemetry?: Telemetry;
  readonly hasDevTokens?: boolean;
  readonly origins?: readonly string[];
}

export async function serveRoutes(
  routes: readonly Route[],
  options: RouteServerOptions = {},
): Promise<RouteServer> {
  const { tokens = newTokens(), telemetry = silentTelemetry } = options;
  const { hasDevTokens = true, origins = [] } = options;
  const { uws } = loadUws();
  const app = uws.App();
  const routing = {
    clock: systemClock,
    telemetry,
    exchanges: new Exchanges(),
    isLeaving: () => false,
    hasDevTokens,
    origins,
    securityHeaders: securityHeaders({ scripts: [], challenges: [] }),
    tokens: new VerifiedTokens({ tokens, wallClock: systemClock }),
  };
  for (const route of routes) addRoute(app, route, routing);
  addPreflight(app, routing);
  addLastResort(app, routing);
  const port = await freePort();
  await new Promise<void>((resolve, reject) => {
    app.listen('127.0.0.1', port, uws.LIBUS_LISTEN_EXCLUSIVE_PORT, (listening) => {
      if (listening) resolve();
      else reject(new Error(`Nothing could listen on ${port}.`));
    });
  });
  return { url: `http://127.0.0.1:${port}`, tokens, close: () => app.close() };
}

/** Tokens under a key that nobody else has. */
export function newTokens(): AccessTokens {
  return new AccessTokens({ id: 'test', ...generateKeyPairSync('ed25519') });
}
