import type { Clock } from '../ports/clock.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { type WebhookInbox, type WebhookSource, webhookSources } from '../ports/webhooks.ts';
import { type HttpRequest, type HttpResponse, problem, type Route, text } from './http.ts';
import { RateLimiter } from './rate-limiter.ts';
import { isSameSecret } from './webhook-senders.ts';

export interface WebhookRouteOptions {
  readonly inbox: WebhookInbox;
  /** What Meta must say when it asks whether an address is ours; absent: it is not. */
  readonly whatsappVerifyToken?: string;
  readonly wallClock: Pick<Clock, 'now'>;
  readonly telemetry: Pick<Telemetry, 'webhookReceived'>;
}

/** The largest batch of events that a provider sends is far below. */
export const webhookBytesMax = 256 * 1024;
/** What one sender may do; a provider that is told 429 comes again. */
const rate = { perSecond: 200, burst: 400 };

/** Where providers tell us things. A 200 is said only when what they told is durable. */
export function webhookRoutes(options: WebhookRouteOptions): readonly Route[] {
  const limiter = new RateLimiter(rate);
  const hooks = webhookSources.map(
    (source): Route => ({
      method: 'POST',
      path: `/v1/webhooks/${source}`,
      policy: 'webhook',
      bodyBytesMax: webhookBytesMax,
      answer: (request) => receive(options, limiter, source, request),
    }),
  );
  const verify: Route = {
    method: 'GET',
    path: '/v1/webhooks/whatsapp',
    policy: 'webhook',
    answer: (request) => verified(options, request),
  };
  return [...hooks, verify];
}

async function receive(
  { inbox, wallClock, telemetry }: WebhookRouteOptions,
  limiter: RateLimiter,
  source: WebhookSource,
  { headers, body, peer }: HttpRequest,
): Promise<HttpResponse> {
  const waitMs = limiter.take(`${source} ${peer}`, wallClock.now());
  const outcome = waitMs > 0 ? 'too_fast' : await inbox.receive({ source, headers, body });
  telemetry.webhookReceived(source, outcome);
  switch (outcome) {
    case 'kept':
    case 'known':
    case 'malformed':
      return text(200, 'ok\n');
    case 'unauthenticated':
      return problem(401, 'unauthenticated', 'This is not from who it should be from.');
    case 'too_fast':
      return problem(429, 'too_fast', 'Too many at once.', { headers: { 'retry-after': '1' } });
  }
}

/** Meta asks once whether this address wants its webhooks: the bare challenge is a yes. */
function verified({ whatsappVerifyToken }: WebhookRouteOptions, { query }: HttpRequest) {
  const challenge = query.get('hub.challenge') ?? '';
  const isAsked = query.get('hub.mode') === 'subscribe' && /^[\w-]{1,128}$/.test(challenge);
  const token = query.get('hub.verify_token') ?? '';
  const isOurs = whatsappVerifyToken !== undefined && isSameSecret(token, whatsappVerifyToken);
  return isAsked && isOurs ? text(200, challenge) : problem(403, 'forbidden', 'Not ours.');
}
