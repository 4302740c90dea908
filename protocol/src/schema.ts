import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { ProtocolError } from './errors.ts';
import { INCIDENT_PATTERN, UUID_PATTERN, UUID7_PATTERN } from './ids.ts';
import { limits } from './limits.ts';
import type { ClientMessage } from './messages.ts';
import { overrideReasons, scanBytes, scanModes, topUpMethods } from './scan.ts';

/**
 * The shapes of client messages as JSON Schema 2020-12: what the server checks and what the
 * published documents are made of. Only servers import this file; browsers need the types alone.
 */
const closed = { additionalProperties: false } as const;

const Id = Type.String({ pattern: UUID_PATTERN.source, description: 'A UUID in lower case.' });
const NewId = Type.String({
  pattern: UUID7_PATTERN.source,
  description: 'A UUIDv7 made by the client before its first attempt.',
});
const Position = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** Whether it is a whole number in range is a rule of the house, and its no is an answer. */
const Quantity = Type.Number({
  description: `A whole number from 1 to ${limits.holdQuantityMax}.`,
});

const ResumePoint = Type.Object({ event: Id, generation: Position, position: Position }, closed);
const Item = Type.Object({ lot: Id, quantity: Quantity }, closed);

const Time = Type.Integer({ minimum: 0, maximum: 0xffffffffffff });
const Seq = Type.Integer({ minimum: 1, maximum: 0xffffffff });
const Serial = Type.Integer({ minimum: 0, maximum: 0xffffffff });
const Hash = Type.String({ pattern: '^[A-Za-z0-9+/]{43}=$', description: 'SHA-256 in base64.' });

const IncidentId = Type.String({ pattern: INCIDENT_PATTERN.source, maxLength: 100 });

const Log = Type.Object(
  {
    before: Type.Object(
      { seq: Type.Integer({ minimum: 0, maximum: 0xffffffff }), hash: Hash },
      closed,
    ),
    scans: Type.String({
      pattern: '^[A-Za-z0-9+/]+={0,2}$',
      maxLength: Math.ceil((limits.uploadScansMax * scanBytes) / 3) * 4,
    }),
    hash: Hash,
  },
  closed,
);

/** Every client message by its `type`. */
export const clientMessageSchemas = {
  hello: Type.Object(
    {
      type: Type.Literal('hello'),
      token: Type.Optional(Type.String({ maxLength: limits.stringBytesMax })),
      resume: Type.Optional(Type.Array(ResumePoint, { maxItems: limits.watchesMax })),
    },
    closed,
  ),
  watch: Type.Object({ type: Type.Literal('watch'), event: Id }, closed),
  unwatch: Type.Object({ type: Type.Literal('unwatch'), event: Id }, closed),
  reserve: Type.Object(
    {
      type: Type.Literal('reserve'),
      id: NewId,
      event: Id,
      items: Type.Array(Item, { maxItems: limits.entriesMax }),
    },
    closed,
  ),
  extend: Type.Object({ type: Type.Literal('extend'), id: NewId, event: Id, hold: Id }, closed),
  release: Type.Object({ type: Type.Literal('release'), id: NewId, event: Id, hold: Id }, closed),
  checkout: Type.Object(
    {
      type: Type.Literal('checkout'),
      id: NewId,
      event: Id,
      hold: Id,
      method: Type.Union([Type.Literal('pix'), Type.Literal('card')]),
    },
    closed,
  ),
  cancel: Type.Object({ type: Type.Literal('cancel'), id: NewId, event: Id, order: Id }, closed),
  refund: Type.Object(
    {
      type: Type.Literal('refund'),
      id: NewId,
      event: Id,
      order: Id,
      serials: Type.Optional(Type.Array(Position, { maxItems: limits.entriesMax, minItems: 1 })),
    },
    closed,
  ),
  ping: Type.Object({ type: Type.Literal('ping') }, closed),
  scan: Type.Object(
    {
      type: Type.Literal('scan'),
      id: NewId,
      event: Id,
      seq: Seq,
      checkpoint: Type.Integer({ minimum: 0, maximum: 255 }),
      direction: Type.Enum(['entry', 'exit']),
      code: Type.String({ maxLength: limits.codeLengthMax }),
      at: Time,
      hasProof: Type.Optional(Type.Boolean()),
      override: Type.Optional(Type.Enum(overrideReasons)),
    },
    closed,
  ),
  scan_batch: Type.Object(
    { type: Type.Literal('scan_batch'), id: NewId, event: Id, at: Time, log: Log },
    closed,
  ),
  top_up: Type.Object(
    {
      type: Type.Literal('top_up'),
      id: NewId,
      event: Id,
      serial: Serial,
      method: Type.Enum(topUpMethods),
    },
    closed,
  ),
  watch_gates: Type.Object({ type: Type.Literal('watch_gates'), event: Id }, closed),
  unwatch_gates: Type.Object({ type: Type.Literal('unwatch_gates'), event: Id }, closed),
  see_incidents: Type.Object(
    {
      type: Type.Literal('see_incidents'),
      id: NewId,
      event: Id,
      incidents: Type.Array(IncidentId, { minItems: 1, maxItems: limits.entriesMax }),
    },
    closed,
  ),
  gate_status: Type.Object(
    {
      type: Type.Literal('gate_status'),
      event: Id,
      unsent: Type.Integer({ minimum: 0, maximum: 0xffffffff }),
      mode: Type.Enum(scanModes),
    },
    closed,
  ),
} as const satisfies Record<ClientMessage['type'], object>;

const checks = new Map(
  Object.entries(clientMessageSchemas).map(([type, schema]) => {
    const validator = Compile(schema);
    return [type, (value: unknown) => validator.Check(value)] as const;
  }),
);

/**
 * Says that decoded data is a client message, by its `type` alone: no union is tried in turn.
 *
 * @throws {ProtocolError} `unknown_message` or `wrong_shape`
 */
export function parseClientMessage(value: unknown): ClientMessage {
  const check = checks.get(typeOf(value));
  if (check === undefined) throw new ProtocolError('unknown_message');
  if (!check(value)) throw new ProtocolError('wrong_shape');
  return value as ClientMessage;
}

function typeOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || !('type' in value)) return '';
  return typeof value.type === 'string' ? value.type : '';
}
