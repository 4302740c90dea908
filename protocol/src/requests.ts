import Type from 'typebox';
import type { SubjectId } from './ids.ts';
import { UUID_PATTERN } from './ids.ts';
import { shapeOf } from './shapes.ts';

export type { Flaw, Shape } from './shapes.ts';

/**
 * The bodies of HTTP requests as JSON Schema 2020-12: what the server checks and what the published
 * documents are made of. Only servers import this file.
 */
const closed = { additionalProperties: false } as const;

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
