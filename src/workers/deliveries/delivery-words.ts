import type { DeliveryStatus, DeliveryWord } from '../../ports/deliveries.ts';

/**
 * What webhooks say about deliveries, out of bodies that are known to be from who sent them. Words
 * that are not ours, unknown or about nothing are passed over: deliverers invent new ones.
 */

/** As long as our ids and theirs may be in the database. */
const ID_PATTERN = /^[\x21-\x7e]{1,200}$/;

/** What SendGrid's events mean. */
const sendGridStatuses: Readonly<Record<string, DeliveryStatus>> = {
  processed: 'accepted',
  deferred: 'sent',
  dropped: 'failed',
  delivered: 'delivered',
  bounce: 'bounced',
  open: 'read',
  click: 'read',
  // Only somebody who has it calls it spam.
  spamreport: 'read',
};

/** What Meta's statuses mean. */
const whatsAppStatuses: Readonly<Record<string, DeliveryStatus>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'read',
  failed: 'failed',
};

/** Words in a body of SendGrid's event webhook; undefined when it is none. */
export function sendGridWords(body: Uint8Array): readonly DeliveryWord[] | undefined {
  const events = valueIn(body);
  return Array.isArray(events) ? events.flatMap(sendGridWord) : undefined;
}

/** Words in a body of Meta's webhook; undefined when it is none of WhatsApp's. */
export function whatsAppWords(body: Uint8Array): readonly DeliveryWord[] | undefined {
  const value = valueIn(body);
  if (fieldIn(value, 'object') !== 'whatsapp_business_account') return undefined;
  return listIn(value, 'entry')
    .flatMap((entry) => listIn(entry, 'changes'))
    .filter((change) => fieldIn(change, 'field') === 'messages')
    .flatMap((change) => listIn(fieldIn(change, 'value'), 'statuses'))
    .flatMap(whatsAppWord);
}

function sendGridWord(event: unknown): DeliveryWord[] {
  const named = statusIn(sendGridStatuses, fieldIn(event, 'event'));
  // A server that turns us away at the door has not taken it.
  const isBlocked = named === 'bounced' && fieldIn(event, 'type') === 'blocked';
  const messageId = fieldIn(event, 'sg_message_id');
  // What follows the first dot names a machine of theirs.
  const id = typeof messageId === 'string' ? messageId.split('.')[0] : undefined;
  return word(fieldIn(event, 'notif_id'), id, isBlocked ? 'failed' : named);
}

function whatsAppWord(status: unknown): DeliveryWord[] {
  const named = statusIn(whatsAppStatuses, fieldIn(status, 'status'));
  return word(fieldIn(status, 'biz_opaque_callback_data'), fieldIn(status, 'id'), named);
}

function word(
  ourId: unknown,
  messageId: unknown,
  status: DeliveryStatus | undefined,
): DeliveryWord[] {
  if (!isId(ourId) || status === undefined) return [];
  return [{ ourId, status, ...(isId(messageId) && { messageId }) }];
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && ID_PATTERN.test(value);
}

function statusIn(
  statuses: Readonly<Record<string, DeliveryStatus>>,
  name: unknown,
): DeliveryStatus | undefined {
  return typeof name === 'string' && Object.hasOwn(statuses, name) ? statuses[name] : undefined;
}

function valueIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    // The caller is told that this is no body of theirs.
    return undefined;
  }
}

function fieldIn(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function listIn(value: unknown, name: string): readonly unknown[] {
  const list = fieldIn(value, name);
  return Array.isArray(list) ? list : [];
}
