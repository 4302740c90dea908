import { createHash, timingSafeEqual } from 'node:crypto';
import { type EventId, type OrderId, UUID_PATTERN } from '@ingressou/protocol';
import { isRecord } from './json-fields.ts';

/** A user and a password that were set for webhooks in the provider's dashboard. */
export interface WebhookCredentials {
  readonly user: string;
  readonly password: string;
}

/** What a webhook is about. Nothing of it is believed: it is a reason to ask the provider. */
export interface PagarmeHint {
  readonly hookId: string;
  /** `order.paid`, `charge.refunded` …; also types that nobody here knows. */
  readonly type: string;
  /** The provider's id of the order. */
  readonly orderId?: string;
  /** Our order, when the code is one of ours. */
  readonly order?: OrderId;
  /** Its show, when the order's metadata told. */
  readonly event?: EventId;
}

/** More than this is no webhook of the provider's. */
export const webhookBytesMax = 256 * 1024;

/** Whether the header `authorization` names the user and password, in constant time. */
export function isFromPagarme(
  authorization: string | undefined,
  { user, password }: WebhookCredentials,
): boolean {
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const given = (authorization ?? '').replace(/^basic /i, 'Basic ');
  // Digests have one length whatever was sent, so neither length nor prefix shows in the time.
  return timingSafeEqual(digestOf(given), digestOf(wanted));
}

/**
 * Reads a webhook exactly as it came. `malformed`: too large, no JSON, or not of the documented
 * shape. Amounts, states and addresses in it are not read at all.
 */
export function readPagarmeWebhook(body: Uint8Array): PagarmeHint | 'malformed' {
  const hook = body.byteLength > webhookBytesMax ? undefined : jsonIn(body);
  if (!isRecord(hook)) return 'malformed';
  const { id, type, data } = hook;
  if (!isName(id, HOOK_PATTERN) || !isName(type, TYPE_PATTERN)) return 'malformed';
  return { hookId: id, type, ...orderOf(type, isRecord(data) ? data : {}) };
}

const HOOK_PATTERN = /^hook_[A-Za-z0-9]{1,40}$/;
const ORDER_PATTERN = /^or_[A-Za-z0-9]{1,40}$/;
const TYPE_PATTERN = /^[a-z_]+(\.[a-z_]+){1,3}$/;
const nameLettersMax = 80;

/** Of `charge.*` the order is a part; its own `code` may be a number of the acquirer's. */
function orderOf(
  type: string,
  data: Readonly<Record<string, unknown>>,
): Pick<PagarmeHint, 'orderId' | 'order' | 'event'> {
  const part = type.startsWith('order.') ? data : data.order;
  if (!isRecord(part)) return {};
  const { id, code, metadata } = part;
  const { event_id: event } = isRecord(metadata) ? metadata : {};
  return {
    ...(isName(id, ORDER_PATTERN) && { orderId: id }),
    ...(isName(code, UUID_PATTERN) && { order: code as OrderId }),
    ...(isName(event, UUID_PATTERN) && { event: event as EventId }),
  };
}

function isName(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && value.length <= nameLettersMax && pattern.test(value);
}

/** A mark of the byte order before it is none of its letters. Bytes that are no UTF-8 are no JSON. */
function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    // What it says instead is nobody's concern, and may be anything.
    return undefined;
  }
}

function digestOf(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
