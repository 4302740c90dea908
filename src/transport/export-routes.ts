import type { EventId } from '@ingressou/protocol';
import { UUID7_PATTERN } from '@ingressou/protocol';
import { type ExportRequest, exportRequest } from '@ingressou/protocol/requests';
import type { Export, Exports } from '../ports/exports.ts';
import type { Objects } from '../ports/objects.ts';
import { privately } from './buyer-orders.ts';
import { type HttpRequest, type HttpResponse, json, problem, type Route } from './http.ts';
import { parseBody } from './http-body.ts';

export interface ExportRouteOptions {
  readonly exports: Exports;
  /** Has the file written: at once, and again if that was lost. */
  readonly begin: (wanted: Export) => Promise<void>;
  readonly objects: Pick<Objects, 'getStream'>;
}

const policy = { roles: ['ADMIN', 'PRODUTOR'], show: 'show' } as const;

/** Files of a show for its producer: ask, look how far it is, take it. */
export function exportRoutes(options: ExportRouteOptions): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/v1/shows/:show/exports',
      policy,
      answer: (request) => ask(options, request),
    },
    {
      method: 'GET',
      path: '/v1/shows/:show/exports/:id',
      policy,
      answer: (request) => asked(options, request, (found) => json(200, told(found), privately)),
    },
    {
      method: 'GET',
      path: '/v1/shows/:show/exports/:id/file',
      policy,
      answer: (request) => asked(options, request, (found) => file(options, found)),
    },
  ];
}

async function ask(
  { exports, begin }: ExportRouteOptions,
  request: HttpRequest,
): Promise<HttpResponse> {
  const id = request.headers['idempotency-key'];
  if (!UUID7_PATTERN.test(id)) {
    return problem(400, 'malformed_id', 'Name the export by a UUIDv7 in Idempotency-Key.');
  }
  const body = parseBody<ExportRequest>(request, exportRequest);
  if (!body.isGood) return body.refusal;
  const event = request.parameters.show as EventId;
  const outcome = await exports.ask(id, event, body.value.kind);
  if (outcome === 'taken') return problem(409, 'id_taken', 'This id is in use: make a new one.');
  return await ofShow({ exports }, id, event, async (found) => {
    if (found.status === 'waiting') await begin(found);
    return json(outcome === 'asked' ? 202 : 200, told(found), privately);
  });
}

function asked(
  options: ExportRouteOptions,
  { parameters: { id = '', show = '' } }: HttpRequest,
  answer: (found: Export) => HttpResponse | Promise<HttpResponse>,
): Promise<HttpResponse> {
  return ofShow(options, id, show, answer);
}

async function ofShow(
  { exports }: Pick<ExportRouteOptions, 'exports'>,
  id: string,
  show: string,
  answer: (found: Export) => HttpResponse | Promise<HttpResponse>,
): Promise<HttpResponse> {
  const found = UUID7_PATTERN.test(id) ? await exports.find(id) : undefined;
  if (found?.event !== show) return problem(404, 'export_not_found', 'There is no such export.');
  return await answer(found);
}

async function file({ objects }: ExportRouteOptions, found: Export): Promise<HttpResponse> {
  const { objectKey, kind, status } = found;
  if (status === 'failed') return problem(410, 'export_failed', 'It failed: ask for a new one.');
  const stored = objectKey === undefined ? undefined : await objects.getStream(objectKey);
  if (stored === undefined) {
    return json(202, told(found), { ...privately, 'retry-after': '2' });
  }
  const headers = {
    ...privately,
    'content-type': stored.type,
    'content-disposition': `attachment; filename="${kind}.csv"`,
  };
  return { status: 200, headers, body: stored };
}

function told({ id, kind, status, rowsDone, rowsTotal, createdAt }: Export) {
  return { id, kind, status, rowsDone, rowsTotal, createdAt };
}
