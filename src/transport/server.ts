import {
  chooseNotation,
  LIVE_PATH,
  limits,
  type Notation,
  SUBPROTOCOLS,
} from '@ingressou/protocol';
import type { Timer } from '../ports/clock.ts';
import { isDoneWithin } from '../ports/within.ts';
import { Exchanges } from './exchanges.ts';
import type { Route } from './http.ts';
import { addLastResort, addPreflight, addRoute } from './http-server.ts';
import { isAllowedOrigin } from './origins.ts';
import { Session, unreadBytesMax } from './session.ts';
import type { SessionOptions, Socket } from './session-options.ts';
import type {
  LoadedUws,
  TemplatedApp,
  us_listen_socket,
  WebSocket,
  WebSocketBehavior,
} from './uws.ts';
import { VerifiedTokens } from './verified-tokens.ts';

export interface ServerOptions extends SessionOptions {
  readonly uws: LoadedUws['uws'];
  readonly host: string;
  readonly port: number;
  readonly routes: readonly Route[];
  /** Whether people may connect; a node that is no gateway only answers its operators. */
  readonly hasSockets: boolean;
  /** Whether this node is about to stop: new sockets are better opened elsewhere. */
  readonly isLeaving: () => boolean;
  readonly hasDevTokens: boolean;
  readonly origins: readonly string[];
  readonly socketsMax: number;
  readonly securityHeaders: Readonly<Record<string, string>>;
  readonly random: () => number;
}

/** A gateway that listens. */
export interface Server {
  /**
   * Takes no new connection, tells every client to come back elsewhere, answers what was asked, and
   * closes.
   */
  close(): Promise<void>;
}

/** Nobody could listen on that address; the message names it. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

interface UserData {
  readonly notation: Notation;
  session: Session | undefined;
}

/** Beyond this uWebSockets drops frames: late enough that the session's last words still fit. */
const backpressureBytesMax = 2 * unreadBytesMax;
const sweepMs = 1_000;
/** Clients sent away at once come back spread over this time. */
const returnSpreadMs = 3_000;
const overloadPauseMs = 10_000;
/** What requests in hand get to be answered when the server closes. */
const answersMs = 5_000;

/** Starts the HTTP and WebSocket server. @throws {ListenError} */
export async function openServer(options: ServerOptions): Promise<Server> {
  const { uws, clock, registry, random } = options;
  const app = uws.App();
  if (options.hasSockets) app.ws<UserData>(LIVE_PATH, liveSocket(options));
  const exchanges = new Exchanges();
  const routing = { ...options, exchanges, tokens: new VerifiedTokens(options) };
  for (const route of options.routes) addRoute(app, route, routing);
  addPreflight(app, routing);
  addLastResort(app, routing);
  const listening = await listen(app, options);
  let sweep: Timer = clock.after(sweepMs, function again() {
    registry.sweep(clock.monotonic());
    sweep = clock.after(sweepMs, again);
  });
  return {
    async close() {
      sweep.cancel();
      uws.us_listen_socket_close(listening);
      for (const session of registry.all()) {
        session.end('restart', 'restart', Math.floor(random() * returnSpreadMs));
      }
      await isDoneWithin(clock, answersMs, exchanges.none());
      app.close();
    },
  };
}

function liveSocket(options: ServerOptions): WebSocketBehavior<UserData> {
  const { uws, registry, origins, socketsMax, isLeaving } = options;
  return {
    compression: uws.DISABLED,
    maxPayloadLength: limits.frameBytesMax,
    maxBackpressure: backpressureBytesMax,
    idleTimeout: Math.ceil((limits.heartbeatMs * 2.5) / 4000) * 4,
    sendPingsAutomatically: true,
    upgrade(res, req, context) {
      // A proxy in front asks the next gateway.
      if (isLeaving()) return void res.writeStatus('503 Service Unavailable').end();
      const offered = req.getHeader('sec-websocket-protocol');
      const notation = chooseNotation(offered);
      if (notation === undefined) return void res.writeStatus('400 Bad Request').end();
      if (!isAllowedOrigin(req.getHeader('origin'), req.getHeader('host'), origins)) {
        return void res.writeStatus('403 Forbidden').end();
      }
      res.upgrade<UserData>(
        { notation, session: undefined },
        req.getHeader('sec-websocket-key'),
        SUBPROTOCOLS[notation],
        req.getHeader('sec-websocket-extensions'),
        context,
      );
    },
    open(ws) {
      const data = ws.getUserData();
      data.session = new Session(socketOf(ws), data.notation, options);
      if (registry.size > socketsMax) data.session.end('overload', 'overload', overloadPauseMs);
    },
    message(ws, message, isBinary) {
      // The memory is uWebSockets' again when this returns: `receive` decodes it before, and what
      // it decodes shares nothing with it. A copy first would cost 1 µs per message.
      ws.getUserData().session?.receive(new Uint8Array(message), isBinary);
    },
    drain(ws) {
      ws.getUserData().session?.onDrain();
    },
    close(ws) {
      ws.getUserData().session?.onClosed();
    },
  };
}

function socketOf(ws: WebSocket<UserData>): Socket {
  const outcomes = ['queued', 'sent', 'dropped'] as const;
  return {
    send: (frame) => outcomes[ws.send(frame, typeof frame !== 'string', false)] ?? 'dropped',
    bufferedBytes: () => ws.getBufferedAmount(),
    end: (code, reason) => ws.end(code, reason),
  };
}

/** Exclusively: a second node on the same port is a mistake, not a way to share the load. */
function listen(app: TemplatedApp, { uws, host, port }: ServerOptions): Promise<us_listen_socket> {
  return new Promise((resolve, reject) => {
    app.listen(host, port, uws.LIBUS_LISTEN_EXCLUSIVE_PORT, (listening) => {
      if (listening) resolve(listening);
      else
        reject(new ListenError(`Nothing could listen on ${host}:${port}. Is it taken? Set PORT.`));
    });
  });
}
