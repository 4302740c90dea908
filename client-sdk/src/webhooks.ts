/** What a partner is told: something that happened to an order of a show. */
export interface WebhookEvent {
  readonly type: WebhookEventType;
  /** When it happened, as ISO 8601. */
  readonly timestamp: string;
  /** Ids, amounts in cents and serials; nothing about people. */
  readonly data: Readonly<Record<string, unknown>>;
}

export type WebhookEventType =
  | 'order.paid'
  | 'order.refunded'
  | 'order.cancelled'
  | 'order.charged_back'
  | 'tickets.issued'
  /** Sent by hand, to try an address. */
  | 'test';

export type WebhookErrorCode =
  /** One of the three `webhook-*` headers is missing or not written as it must be. */
  | 'malformed_headers'
  /** The secret does not begin with `whsec_`, or is no Base64. */
  | 'malformed_secret'
  /** Signed too long ago, or ahead of time: a replay, or a clock that is wrong. */
  | 'stale'
  /** Signed with none of the secrets, or changed since. */
  | 'wrong_signature'
  /** Well signed, and still not what we send. */
  | 'malformed_body';

/** Do not believe what came: answer 400, and nothing of it is yours to act on. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
  readonly code: WebhookErrorCode;

  constructor(code: WebhookErrorCode, options?: ErrorOptions) {
    super(`The webhook is refused: ${code}.`, options);
    this.code = code;
  }
}

/** Of a request: `Headers`, or a record as Node's `request.headers` is, with lower-case names. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface UnwrapOptions {
  /** Milliseconds since 1970; your clock unless you say so. */
  readonly now?: number;
}

const toleranceMs = 5 * 60 * 1000;
/** Signatures of one message: an old and a new secret, and room for kinds to come. */
const signaturesMax = 10;

/**
 * Says that a webhook is from us and returns what it tells (Standard Webhooks). Hand in the body as
 * it came, before anything has parsed it. The same event may come twice: its `webhook-id` is then
 * the same.
 *
 * @throws {WebhookError}
 */
export async function unwrapWebhook(
  rawBody: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  options: UnwrapOptions = {},
): Promise<WebhookEvent> {
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  const given = signaturesIn(headerOf(headers, 'webhook-signature'));
  if (id === '' || !/^\d{1,12}$/.test(timestamp)) throw new WebhookError('malformed_headers');
  const { now = Date.now() } = options;
  if (Math.abs(now - Number(timestamp) * 1000) > toleranceMs) throw new WebhookError('stale');
  const body = typeof rawBody === 'string' ? utf8.encode(rawBody) : rawBody;
  const signed = joined(utf8.encode(`${id}.${timestamp}.`), body);
  if (!(await isSigned(signed, given, [secret].flat()))) throw new WebhookError('wrong_signature');
  return eventIn(body);
}

const utf8 = new TextEncoder();

function headerOf(headers: WebhookHeaders, name: string): string {
  const value = isHeaders(headers) ? headers.get(name) : headers[name];
  return typeof value === 'string' ? value : '';
}

function isHeaders(headers: WebhookHeaders): headers is { get(name: string): string | null } {
  return typeof headers.get === 'function';
}

/** `v1,…` apart from each other by spaces; other kinds are not ours to judge. */
function signaturesIn(header: string): Uint8Array<ArrayBuffer>[] {
  const known = header.split(' ', signaturesMax).filter((each) => each.startsWith('v1,'));
  const signatures = known.flatMap((each) => bytesOf(each.slice(3)) ?? []);
  if (signatures.length === 0) throw new WebhookError('malformed_headers');
  return signatures;
}

async function isSigned(
  signed: Uint8Array<ArrayBuffer>,
  given: readonly Uint8Array<ArrayBuffer>[],
  secrets: readonly string[],
): Promise<boolean> {
  for (const secret of secrets) {
    const key = await keyOf(secret);
    for (const signature of given) {
      // Compares in constant time: WebCrypto promises it for HMAC.
      if (await crypto.subtle.verify('HMAC', key, signature, signed)) return true;
    }
  }
  return false;
}

async function keyOf(secret: string): Promise<CryptoKey> {
  const bytes = secret.startsWith('whsec_') ? bytesOf(secret.slice(6)) : undefined;
  if (bytes === undefined || bytes.length === 0) throw new WebhookError('malformed_secret');
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return crypto.subtle.importKey('raw', bytes, algorithm, false, ['verify']);
}

/** Undefined for what is no Base64. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    // That is what `atob` says by throwing.
    return undefined;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function eventIn(body: Uint8Array): WebhookEvent {
  try {
    const event: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (isEvent(event)) return event;
  } catch (cause) {
    throw new WebhookError('malformed_body', { cause });
  }
  throw new WebhookError('malformed_body');
}

function isEvent(value: unknown): value is WebhookEvent {
  if (typeof value !== 'object' || value === null) return false;
  const event = value as Partial<Record<keyof WebhookEvent, unknown>>;
  const isNamed = typeof event.type === 'string' && typeof event.timestamp === 'string';
  return isNamed && typeof event.data === 'object' && event.data !== null;
}
