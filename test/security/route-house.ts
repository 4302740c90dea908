import type { EventId, OrderId, OrderView, Show, SubjectId } from '@ingressou/protocol';
import { systemClock } from '../../src/clock.ts';
import { assert } from '../../src/domain/assert.ts';
import type { Question, ReplyTo } from '../../src/domain/questions.ts';
import type { Catalog } from '../../src/ports/catalog.ts';
import type { Commands, Refused, Reply } from '../../src/ports/commands.ts';
import { PaymentsUnavailableError } from '../../src/ports/payments.ts';
import type { KeptOrder, Point } from '../../src/ports/read-models.ts';
import type { TicketCode } from '../../src/ports/ticket-codes.ts';
import { DataKey } from '../../src/store/data-keys.ts';
import type { Database } from '../../src/store/database.ts';
import { DatabaseExports } from '../../src/store/exports.ts';
import { migrate } from '../../src/store/migrate.ts';
import { SealedOrderDetails } from '../../src/store/order-details.ts';
import { DatabasePaymentRecords } from '../../src/store/payment-records.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { DatabaseWebhookInbox } from '../../src/store/webhook-inbox.ts';
import type { Route } from '../../src/transport/http.ts';
import { routes } from '../../src/transport/routes.ts';
import { StaticFiles } from '../../src/transport/static-files.ts';
import { basicSender, hmacSender, nobody } from '../../src/transport/webhook-senders.ts';
import { newTokens, type RouteServer, serveRoutes } from '../setup/route-server.ts';
import { silentTelemetry } from '../setup/silent-telemetry.ts';

/**
 * Every route of a gateway over its real stores, and beside them what a test says has happened: what
 * is read of orders, which codes are signed.
 */
export interface RouteHouse extends RouteServer {
  readonly routes: readonly Route[];
  readonly database: Database;
  readonly details: SealedOrderDetails;
  readonly records: DatabasePaymentRecords;
  readonly inbox: DatabaseWebhookInbox;
  /** What lists know, by order. */
  readonly orders: Map<OrderId, KeptOrder>;
  /** What shows know, by order; where lists are behind. */
  readonly fresh: Map<OrderId, KeptOrder>;
  /** Where shows are when they are asked; undefined while they do not answer. */
  point: Point | undefined;
  /** By show and serial. */
  readonly codes: Map<string, TicketCode>;
  readonly files: Map<OrderId, Uint8Array>;
  /** What was told to telemetry as failed. */
  readonly failures: string[];
  isProviderAway: boolean;
  stop(): Promise<void>;
}

export const webhookUser = { user: 'ingressou', password: 'secret' };
export const appSecret = 'app secret';
export const verifyToken = 'verify me';

/** No show can be told anything from here. */
const refuse: Commands['submit'] = async () => {
  return { accepted: false, rejection: { reason: 'busy', retryAfterMs: 0 } };
};

export async function openRouteHouse(): Promise<RouteHouse> {
  const open = await openPglite();
  await migrate(open.database, 'migrations');
  const master = DataKey.random();
  const tokens = newTokens();
  const details = new SealedOrderDetails(open.database, master);
  const records = new DatabasePaymentRecords(open.database);
  const { user, password } = webhookUser;
  const pagarme = basicSender(user, password);
  const whatsapp = hmacSender(appSecret);
  const inbox = new DatabaseWebhookInbox({
    database: open.database,
    master,
    clock: systemClock,
    authenticate: { pagarme, whatsapp, sendgrid: nobody },
  });
  const orders: RouteHouse['orders'] = new Map();
  const fresh: RouteHouse['fresh'] = new Map();
  const codes: RouteHouse['codes'] = new Map();
  const files: RouteHouse['files'] = new Map();
  const failures: string[] = [];
  const table = routes({
    catalog: new EmptyCatalog(),
    tokens,
    wallClock: systemClock,
    page: await StaticFiles.read('none'),
    telemetry: silentTelemetry,
    scanner: await StaticFiles.read('none'),
    obstacles: async () => [],
    metrics: async () => '',
    exports: {
      exports: new DatabaseExports(open.database),
      begin: async () => {},
      objects: { getStream: async () => undefined },
    },
    cards: { cards: { block: async () => 'cards_off' }, wallClock: systemClock },
    inbox: { page: async () => ({ status: 200, headers: {}, body: '' }) },
    webhooks: {
      inbox,
      whatsappVerifyToken: verifyToken,
      wallClock: systemClock,
      telemetry: silentTelemetry,
    },
    orders: {
      checkout: {
        provider: 'simulator',
        publicKey: 'pk_test_x',
        tokensUrl: 'https://provider.example/tokens',
        methods: ['pix', 'card'],
        installmentsMax: 12,
        feeNote: 'Taxa de conveniência de 10%.',
      },
      details,
      records,
      commands: { ask: (event, question) => askShow(house, event, question), submit: refuse },
      reads: {
        order: async (event, order, asOf) => {
          const found = orders.get(order);
          if (asOf !== undefined && asOf.position > (found?.position ?? 0)) return 'behind';
          return found?.event === event ? found : undefined;
        },
        ordersOf: async (subject, max, after) => pageOf([...orders.values()], subject, max, after),
      },
      payments: {
        challengeToken: async () => {
          if (house.isProviderAway) throw new PaymentsUnavailableError('a challenge');
          return 'challenge-token';
        },
      },
      codes: {
        read: async (event, names) =>
          names.flatMap(({ serial }) => codes.get(`${event} ${serial}`) ?? []),
      },
      ...{ catalog: new EmptyCatalog(), clock: systemClock },
      phones: { bind: async () => '' },
      files: { pdf: async (order) => files.get(order) ?? 'not_ready' },
      wallClock: systemClock,
    },
  });
  const failed = (what: string, cause: unknown) => void failures.push(`${what}: ${String(cause)}`);
  const server = await serveRoutes(table, { tokens, telemetry: { ...silentTelemetry, failed } });
  const house: RouteHouse = {
    ...server,
    routes: table,
    database: open.database,
    details,
    records,
    inbox,
    orders,
    fresh,
    point: { generation: 1, position: 0 },
    codes,
    files,
    failures,
    isProviderAway: false,
    async stop() {
      server.close();
      await open.close();
    },
  };
  return house;
}

/** What a show answers about one of its orders. */
async function askShow<Q extends Question>(
  { fresh, point }: RouteHouse,
  event: EventId,
  question: Q,
): Promise<Reply<Q> | Refused> {
  if (point === undefined)
    return { accepted: false, rejection: { reason: 'busy', retryAfterMs: 1_000 } };
  assert(question.type === 'order', 'a buyer asks for orders');
  const found = fresh.get(question.order);
  const isMine = found?.event === event && found.subject === question.subject;
  const value = (isMine ? { order: found.order } : null) as ReplyTo<Q>;
  return { accepted: true, ...point, at: 0, value };
}

function pageOf(
  all: readonly KeptOrder[],
  subject: SubjectId,
  max: number,
  after?: { readonly createdAt: number; readonly order: OrderId },
) {
  const mine = all
    .filter((each) => each.subject === subject)
    .filter((each) => after === undefined || each.createdAt < after.createdAt)
    .sort((a, b) => b.createdAt - a.createdAt);
  const page = mine.slice(0, max);
  const last = page.at(-1);
  const hasMore = mine.length > max && last !== undefined;
  return {
    orders: page,
    ...(hasMore && { next: { createdAt: last.createdAt, order: last.order.id } }),
  };
}

/** An order as lists know it. */
export function orderOf(
  event: EventId,
  subject: SubjectId,
  order: Partial<OrderView> & Pick<OrderView, 'id'>,
  createdAt = 1,
): KeptOrder {
  const view: OrderView = {
    hold: order.id,
    status: 'pending',
    method: 'pix',
    lines: [],
    ticketsCents: 0,
    feeCents: 0,
    payBy: 0,
    isPayable: false,
    tickets: [],
    hasCodes: false,
    refundDueCents: 0,
    refundedCents: 0,
    ...order,
  };
  return { event, subject, createdAt, position: 1, order: view };
}

class EmptyCatalog implements Catalog {
  async add(): Promise<boolean> {
    return false;
  }
  async bySlug(): Promise<Show | undefined> {
    return undefined;
  }
  async byId(): Promise<Show | undefined> {
    return undefined;
  }
  async upcoming(): Promise<Show[]> {
    return [];
  }
}
