import Type from 'typebox';
import { type EventId, type SubjectId, UUID_PATTERN } from './ids.ts';
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
