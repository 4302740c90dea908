import http from 'node:http';
import type { Clock } from '../../ports/clock.ts';
import type { ProviderAddresses } from '../pagarme-addresses.ts';
import { Api, apiPath } from './api.ts';
import type { RandomBytes } from './chance.ts';
import { Control } from './control.ts';
import { ControlApi } from './control-api.ts';
import { json, type NoAnswer, requestOf, respond, type SimAnswer } from './exchange.ts';
import { FaultDesk } from './faults.ts';
import { HookPost, type HookTarget, type PostedHook } from './hook-post.ts';
import type { BookedOrder } from './order-book.ts';
import { type Outcome, Outcomes } from './outcomes.ts';
import { Provider } from './provider.ts';
import { FileShelf, type Kept, memoryShelf } from './shelf.ts';
import { Site } from './site.ts';

export interface SimulatorOptions {
  readonly port: number;
  /** The address it listens on; undefined: this machine alone. */
  readonly host?: string;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** What outlives a restart; undefined: nothing does. */
  readonly file?: string;
  readonly secretKey?: string;
  readonly publicKey?: string;
  readonly webhook?: HookTarget;
  /** How often a webhook is sent, and the pause after the first time. */
  readonly hookAttemptsMax?: number;
  readonly hookRetryMs?: number;
  /** How long after an order its PIX is paid by itself; `by_hand`: never. */
  readonly payAfterMs?: number | 'by_hand';
  /** How long a PIX is on its way back. */
  readonly refundAfterMs?: number;
  /** A PIX above this fails when it is made. */
  readonly pixLimitCents?: number;
  /** The simulator itself broke while it answered. */
  readonly onBroken?: (cause: unknown) => void;
}

/** The keys of a simulator that was given none. */
export const simulatorKeys = {
  secretKey: 'sk_test_simulator',
  publicKey: 'pk_test_simulator',
} as const;

/** What there is at the address of a simulator, of this process or another. */
export interface SimulatorPlaces extends ProviderAddresses {
  /** Its page for people. */
  readonly url: string;
}

export function simulatorPlaces(url: string): SimulatorPlaces {
  return {
    url,
    apiUrl: url + apiPath,
    challengeUrl: `${url}/3ds2`,
    scripts: {
      tokenize: `${url}/checkout/v1/tokenizecard.js`,
      challenge: `${url}/3ds/v2/3ds2.min.js`,
    },
  };
}

/** A provider of this process, at an address that `PagarmePayments` can be given. */
export interface Simulator extends SimulatorPlaces {
  readonly secretKey: string;
  readonly publicKey: string;
  readonly control: Control;
  /** Ends everything at once, also calls that are never answered. */
  close(): Promise<void>;
}

/** What is not said. */
const defaults = {
  host: '127.0.0.1',
  ...simulatorKeys,
  hookAttemptsMax: 4,
  hookRetryMs: 2_000,
  payAfterMs: 5_000,
  refundAfterMs: 1_000,
  pixLimitCents: 50_000,
  onBroken: () => {},
} satisfies Partial<SimulatorOptions>;

type WholeOptions = SimulatorOptions & Required<Pick<SimulatorOptions, keyof typeof defaults>>;

/**
 * Opens a simulated Pagar.me: the same HTTP API, webhooks, scripts, and a page where people pay.
 * Resolves when it listens.
 */
export async function openSimulator(given: SimulatorOptions): Promise<Simulator> {
  const options = { ...defaults, ...given };
  const { host, port, secretKey, publicKey } = options;
  const url = `http://${host}:${port}`;
  const server = http.createServer();
  // Only who has the address may touch the file. Nothing is awaited between here and the handler.
  await listen(server, port, host);
  const rooms = roomsOf(options, url);
  server.on('request', (incoming, response) => void serve(incoming, response, rooms));
  rooms.hooks.start();
  return {
    ...simulatorPlaces(url),
    secretKey,
    publicKey,
    control: rooms.control,
    close: async () => {
      rooms.api.close();
      rooms.provider.book.close();
      await rooms.hooks.close();
      await closeServer(server);
    },
  };
}

interface Rooms {
  readonly provider: Provider;
  readonly hooks: HookPost;
  readonly control: Control;
  readonly api: Api;
  readonly controlApi: ControlApi;
  readonly site: Site;
  readonly onBroken: (cause: unknown) => void;
}

/** All that the simulator is made of, as it was before a restart. */
function roomsOf(options: WholeOptions, url: string): Rooms {
  const { clock, random, secretKey, publicKey, onBroken } = options;
  const shelf = options.file === undefined ? memoryShelf : new FileShelf(options.file);
  const faults = new FaultDesk(random);
  const attempts = { attemptsMax: options.hookAttemptsMax, retryMs: options.hookRetryMs };
  const hooks = new HookPost({ clock, random, shelf, ...attempts }, options.webhook);
  const provider = new Provider({ ...options, shelf, hooks, faults });
  const outcomes = new Outcomes(shelf);
  for (const kept of shelf.load()) restore(kept, { provider, hooks, outcomes });
  const control = new Control(provider, hooks, faults);
  const facts = () => ({ ...options, webhookUrl: hooks.target?.url });
  const { challenges } = provider;
  return {
    provider,
    hooks,
    control,
    api: new Api({ clock, provider, hooks, faults, outcomes, secretKey, publicKey }),
    controlApi: new ControlApi(control),
    site: new Site({ control, challenges, now: () => clock.now(), url, facts }),
    onBroken,
  };
}

/** Never rejects: what breaks here is a 500, as it is at the provider. */
async function serve(
  incoming: http.IncomingMessage,
  response: http.ServerResponse,
  rooms: Rooms,
): Promise<void> {
  try {
    respond(response, await answerTo(incoming, rooms));
  } catch (cause) {
    // A client that hung up while it sent is nobody's fault.
    if (!incoming.complete) return;
    rooms.onBroken(cause);
    respond(response, json(500, { message: 'Internal server error.' }));
  }
}

async function answerTo(
  incoming: http.IncomingMessage,
  { api, controlApi, site }: Rooms,
): Promise<SimAnswer | NoAnswer> {
  const request = await requestOf(incoming);
  if (request === undefined) return json(413, { message: 'The request is too large.' });
  const answer = await api.answer(request);
  if (answer !== undefined) return answer;
  const other = controlApi.answer(request) ?? site.answer(request);
  return other ?? json(404, { message: 'Not found.' });
}

function restore(
  { kind, id, value }: Kept,
  rooms: { readonly provider: Provider; readonly hooks: HookPost; readonly outcomes: Outcomes },
): void {
  // We wrote it ourselves.
  if (kind === 'order') rooms.provider.book.restore(value as BookedOrder);
  if (kind === 'hook') rooms.hooks.restore(value as PostedHook);
  if (kind === 'outcome') rooms.outcomes.restore(id, value as Outcome);
}

function listen(server: http.Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closeServer(server: http.Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
