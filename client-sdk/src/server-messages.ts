import { type OrderView, ProtocolError, type ServerMessage } from '@ingressou/protocol';

/**
 * Says that decoded data is a message of the server. The server is trusted to be ours but not to
 * be of our age: unknown fields pass, and a message of an unknown `type` is undefined, because a
 * newer server may say more. Hand-written, since a schema library would be larger than the SDK.
 *
 * @throws {ProtocolError} `wrong_shape`
 */
export function parseServerMessage(value: unknown): ServerMessage | undefined {
  if (!isRecord(value) || typeof value.type !== 'string') throw new ProtocolError('wrong_shape');
  if (!Object.hasOwn(shapes, value.type)) return undefined;
  const isMessage = shapes[value.type as ServerMessage['type']];
  if (!isMessage(value)) throw new ProtocolError('wrong_shape');
  return value as unknown as ServerMessage;
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isPositive: Check = (value) => isNumber(value) && Number(value) > 0;

function oneOf(...words: readonly string[]): Check {
  return (value) => typeof value === 'string' && words.includes(value);
}

function maybe(check: Check): Check {
  return (value) => value === undefined || check(value);
}

function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

function record(fields: Readonly<Record<string, Check>>): Check {
  const checks = Object.entries(fields);
  return (value) => isRecord(value) && checks.every(([name, check]) => check(value[name]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isSale = record({
  status: oneOf('closed', 'scheduled', 'open', 'paused', 'cancelled'),
  opensAt: maybe(isNumber),
});
const isLot = record({
  id: isText,
  sector: isText,
  name: isText,
  priceCents: isNumber,
  feeCents: isNumber,
  isHalf: isFlag,
  isNominal: maybe(isFlag),
  isRotating: maybe(isFlag),
  isPrintable: maybe(isFlag),
  quantity: isNumber,
  available: isNumber,
});
const isHold = record({
  id: isText,
  status: oneOf('held', 'released', 'expired', 'paid', 'refunded'),
  items: listOf(record({ lot: isText, quantity: isNumber })),
  expiresAt: isNumber,
  canExtend: isFlag,
});

const isOrder = record({
  id: isText,
  hold: isText,
  status: oneOf('pending', 'paid', 'failed', 'expired', 'cancelled', 'refunded'),
  method: oneOf('pix', 'card'),
  lines: listOf(
    record({ lot: isText, quantity: isNumber, priceCents: isNumber, feeCents: isNumber }),
  ),
  ticketsCents: isNumber,
  feeCents: isNumber,
  payBy: isNumber,
  isPayable: isFlag,
  refusal: maybe(isText),
  paidAt: maybe(isNumber),
  tickets: listOf(
    record({
      serial: isNumber,
      lot: isText,
      status: oneOf('valid', 'revoked'),
      revision: isNumber,
    }),
  ),
  hasCodes: isFlag,
  refundDueCents: isNumber,
  refundedCents: isNumber,
});
/** Whether decoded data is an order, wherever it came from. */
export function isOrderView(value: unknown): value is OrderView {
  return isOrder(value);
}

const isScanView = record({
  device: isText,
  seq: isNumber,
  at: isNumber,
  checkpoint: isNumber,
  gate: isNumber,
  direction: oneOf('entry', 'exit'),
  mode: isText,
  override: maybe(isText),
});
const incidentFields = { id: isText, kind: isText, number: isNumber, isSeen: isFlag };
const isTicketIncident = record({
  ...incidentFields,
  serial: isNumber,
  isClockSuspect: isFlag,
  scan: isScanView,
  other: maybe(isScanView),
});
const isLogIncident = record({
  ...incidentFields,
  device: isText,
  gate: isNumber,
  why: oneOf('fork', 'broken'),
  scans: isNumber,
  at: isNumber,
});
const isIncident: Check = (value) =>
  isRecord(value) && value.kind === 'log_quarantined'
    ? isLogIncident(value)
    : isTicketIncident(value);
const isSighting = record({ at: isNumber, gate: isNumber });
const isNotes = record({ price: isText, isNominal: isFlag, isMinor: isFlag });
const isGate = record({
  gate: isNumber,
  name: isText,
  entered: isNumber,
  exited: isNumber,
  perMinute: listOf(isNumber),
  minute: isNumber,
});
const isDevice = record({
  device: isText,
  gate: isNumber,
  isRevoked: isFlag,
  lastSeenAt: isNumber,
  unsent: isNumber,
  mode: isText,
  scans: isNumber,
  quarantined: isNumber,
});

const isPoint = record({ generation: isNumber, position: isNumber });

const shapes: Readonly<Record<ServerMessage['type'], Check>> = {
  welcome: record({
    version: isNumber,
    at: isNumber,
    subject: maybe(isText),
    role: maybe(isText),
    heartbeatMs: isPositive,
    holds: listOf(record({ event: isText, hold: isHold })),
    orders: listOf(record({ event: isText, point: isPoint, order: isOrder })),
    unanswered: maybe(listOf(isText)),
  }),
  state: record({
    event: isText,
    generation: isNumber,
    position: isNumber,
    at: isNumber,
    sale: isSale,
    limit: isNumber,
    lots: listOf(isLot),
  }),
  delta: record({
    event: isText,
    generation: isNumber,
    from: isNumber,
    to: isNumber,
    sale: maybe(isSale),
    lots: listOf(record({ id: isText, available: isNumber })),
  }),
  accepted: record({ re: isText, expiresAt: maybe(isNumber) }),
  rejected: record({
    re: isText,
    reason: isText,
    retryable: isFlag,
    retryAfterMs: maybe(isNumber),
    opensAt: maybe(isNumber),
    lot: maybe(isText),
    available: maybe(isNumber),
    max: maybe(isNumber),
    limit: maybe(isNumber),
    taken: maybe(isNumber),
    now: maybe(isNumber),
    status: maybe(isText),
    until: maybe(isNumber),
    serials: maybe(listOf(isNumber)),
  }),
  hold: record({ event: isText, hold: isHold }),
  order: record({ event: isText, generation: isNumber, position: isNumber, order: isOrder }),
  verdict: record({
    re: isText,
    at: isNumber,
    occupancy: isNumber,
    position: isNumber,
    verdict: isText,
    serial: maybe(isNumber),
    lot: maybe(isNumber),
    entry: maybe(isNumber),
    override: maybe(isText),
    notes: maybe(isNotes),
    isInferred: maybe(isFlag),
    last: maybe(isSighting),
    gates: maybe(listOf(isNumber)),
    days: maybe(listOf(isNumber)),
    from: maybe(isNumber),
    until: maybe(isNumber),
    fault: maybe(isText),
  }),
  merged: record({
    re: isText,
    event: isText,
    result: oneOf('new', 'duplicate', 'gap', 'fork', 'broken'),
    upTo: isNumber,
    hash: isText,
    incidents: isNumber,
    quarantined: isNumber,
  }),
  incident: record({
    event: isText,
    generation: isNumber,
    position: isNumber,
    incident: isIncident,
  }),
  incident_gone: record({ event: isText, generation: isNumber, position: isNumber, id: isText }),
  gates: record({
    event: isText,
    generation: isNumber,
    position: isNumber,
    at: isNumber,
    checkpoints: listOf(
      record({ checkpoint: isNumber, name: isText, occupancy: isNumber, gates: listOf(isGate) }),
    ),
    devices: listOf(isDevice),
    incidents: record({ total: isNumber, unseen: isNumber, latest: listOf(isIncident) }),
  }),
  pong: record({ at: isNumber }),
  bye: record({ reason: isText, retryAfterMs: maybe(isNumber) }),
};
