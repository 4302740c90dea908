import Type from 'typebox';
import {
  type CommandId,
  type DeviceId,
  type EventId,
  INCIDENT_PATTERN,
  type SubjectId,
  UUID_PATTERN,
  UUID7_PATTERN,
} from './ids.ts';
import { limits } from './limits.ts';
import { shapeOf } from './shapes.ts';

export type { Flaw, Shape } from './shapes.ts';

/**
 * The bodies of HTTP requests as JSON Schema 2020-12: what the server checks and what the published
 * documents are made of. Only servers import this file.
 */
const closed = { additionalProperties: false } as const;

/** Tickets of one order. */
const holdersMax = 60;

const Id = Type.String({ pattern: UUID_PATTERN.source, description: 'A UUID in lower case.' });

/** `POST /v1/dev/token` */
export interface DevTokenRequest {
  readonly role: 'CLIENTE';
  /** Absent: somebody new. */
  readonly subject?: SubjectId;
}

export const devTokenRequest = shapeOf<DevTokenRequest>(
  Type.Object({ role: Type.Literal('CLIENTE'), subject: Type.Optional(Id) }, closed),
);

/** `POST /v1/orders/ID/details`: before the checkout that makes the order of this id. */
export interface OrderDetailsRequest {
  readonly event: EventId;
  readonly buyer: {
    readonly name: string;
    readonly email: string;
    /** With or without dots and dash. */
    readonly cpf: string;
    /** With area code; with `+` and country code when it is not Brazilian. */
    readonly phone: string;
  };
  /** One for each ticket. */
  readonly holders: readonly { readonly name: string }[];
  /** To pay by card. Its number never comes here: `token` is what the provider made of it. */
  readonly card?: {
    readonly token: string;
    readonly installments: number;
    readonly billing: {
      readonly line1: string;
      readonly zipCode: string;
      readonly city: string;
      readonly uf: string;
    };
    /** What 3-D Secure ended with, if it was done. */
    readonly challenge?: { readonly transaction: string };
  };
}

/** What a text field may have; what it must look like is checked when it is tidied up. */
const Field = Type.String({ minLength: 1, maxLength: 128 });
/** Names of things the provider made. */
const Name = Type.String({ pattern: '^[A-Za-z0-9_.-]{1,128}$' });

const Billing = Type.Object(
  {
    line1: Field,
    zipCode: Type.String({ pattern: '^\\d{5}-?\\d{3}$' }),
    city: Field,
    uf: Type.String({ pattern: '^[A-Z]{2}$' }),
  },
  closed,
);

const Card = Type.Object(
  {
    token: Name,
    installments: Type.Integer({ minimum: 1, maximum: 12 }),
    billing: Billing,
    challenge: Type.Optional(Type.Object({ transaction: Name }, closed)),
  },
  closed,
);

export const orderDetailsRequest = shapeOf<OrderDetailsRequest>(
  Type.Object(
    {
      event: Id,
      buyer: Type.Object({ name: Field, email: Field, cpf: Field, phone: Field }, closed),
      holders: Type.Array(Type.Object({ name: Field }, closed), {
        minItems: 1,
        maxItems: holdersMax,
      }),
      card: Type.Optional(Card),
    },
    closed,
  ),
);

/** `PUT /v1/shows/ID/checkpoints` */
export interface CheckpointsRequest {
  readonly checkpoints: readonly CheckpointRequest[];
}

export interface CheckpointRequest {
  readonly checkpoint: number;
  readonly name: string;
  /** Their names; numbers are their places in this list. */
  readonly gates: readonly string[];
  readonly isDaily?: boolean;
  readonly mayReenter?: boolean;
  readonly needsProof?: boolean;
  /** Scanners may have cards that say who comes with a nominal or half-price ticket. */
  readonly hasCards?: boolean;
  /** In milliseconds, whole seconds, in order. */
  readonly days: readonly { readonly from: number; readonly until: number }[];
  /** Sectors that do not go in everywhere and every day, by name. */
  readonly sectors?: readonly {
    readonly name: string;
    readonly gates?: readonly number[];
    readonly strictGates?: readonly number[];
    readonly days?: readonly number[];
  }[];
}

const Ms = Type.Integer({ minimum: 0, maximum: 0xffffffffffff });
const Place = Type.Integer({ minimum: 0, maximum: 31 });
const Places = Type.Optional(Type.Array(Place, { maxItems: 32 }));
const Short = Type.String({ minLength: 1, maxLength: 40 });
const Flag = Type.Optional(Type.Boolean());

export const checkpointsRequest = shapeOf<CheckpointsRequest>(
  Type.Object(
    {
      checkpoints: Type.Array(
        Type.Object(
          {
            checkpoint: Type.Integer({ minimum: 0, maximum: 255 }),
            name: Short,
            gates: Type.Array(Short, { minItems: 1, maxItems: 32 }),
            isDaily: Flag,
            mayReenter: Flag,
            needsProof: Flag,
            hasCards: Flag,
            days: Type.Array(Type.Object({ from: Ms, until: Ms }, closed), {
              minItems: 1,
              maxItems: 32,
            }),
            sectors: Type.Optional(
              Type.Array(
                Type.Object(
                  { name: Field, gates: Places, strictGates: Places, days: Places },
                  closed,
                ),
                { maxItems: 60 },
              ),
            ),
          },
          closed,
        ),
        { maxItems: limits.checkpointsMax },
      ),
    },
    closed,
  ),
);

/** `POST /v1/shows/ID/devices` */
export interface DeviceRequest {
  readonly name: string;
  readonly gate: number;
  /** One that is known, which lost its token or moves to another gate. */
  readonly device?: DeviceId;
}

export const deviceRequest = shapeOf<DeviceRequest>(
  Type.Object({ name: Field, gate: Place, device: Type.Optional(Id) }, closed),
);

/** `POST /v1/shows/ID/incidents/seen` */
export interface SeenRequest {
  readonly incidents: readonly string[];
}

export const seenRequest = shapeOf<SeenRequest>(
  Type.Object(
    {
      incidents: Type.Array(Type.String({ pattern: INCIDENT_PATTERN.source, maxLength: 100 }), {
        minItems: 1,
        maxItems: limits.entriesMax,
      }),
    },
    closed,
  ),
);

/** `POST /v1/devices/enrol` */
export interface EnrolRequest {
  readonly code: string;
}

export const enrolRequest = shapeOf<EnrolRequest>(
  Type.Object({ code: Type.String({ minLength: 1, maxLength: 40 }) }, closed),
);

/** `POST /v1/shows/ID/scan-times`: what a scanner measured, never of whom. */
export interface ScanTimesRequest {
  readonly scans: readonly ScanTime[];
}

export interface ScanTime {
  /** From the code to the word that counted. */
  readonly ms: number;
  /** By the server's word. */
  readonly isOnline: boolean;
  /** False when the scanner could not keep it, and said no. */
  readonly isAnswered: boolean;
}

/** Scans of one report; what is left comes with the next. */
export const scanTimesMax = 60;

export const scanTimesRequest = shapeOf<ScanTimesRequest>(
  Type.Object(
    {
      scans: Type.Array(
        Type.Object(
          {
            ms: Type.Number({ minimum: 0, maximum: 3_600_000 }),
            isOnline: Type.Boolean(),
            isAnswered: Type.Boolean(),
          },
          closed,
        ),
        { maxItems: scanTimesMax },
      ),
    },
    closed,
  ),
);

/** `POST /v1/orders/ID/tickets/SERIAL/holder`: this phone wants to show the ticket. */
export interface BindTicketRequest {
  /** Of the wish, so that it is done once. */
  readonly id: CommandId;
  /** The phone's public Ed25519 key in base64. */
  readonly key: string;
  /** Takes the ticket away from another phone. */
  readonly mayMove?: boolean;
}

export const bindTicketRequest = shapeOf<BindTicketRequest>(
  Type.Object(
    {
      id: Type.String({ pattern: UUID7_PATTERN.source }),
      key: Type.String({ pattern: '^[A-Za-z0-9+/]{43}=$' }),
      mayMove: Flag,
    },
    closed,
  ),
);

/** `POST /v1/shows/ID/exports` */
export interface ExportRequest {
  readonly kind: 'sales' | 'tickets' | 'check_ins' | 'half_price';
}

export const exportRequest = shapeOf<ExportRequest>(
  Type.Object(
    {
      kind: Type.Union([
        Type.Literal('sales'),
        Type.Literal('tickets'),
        Type.Literal('check_ins'),
        Type.Literal('half_price'),
      ]),
    },
    closed,
  ),
);
