import type { Rejection } from '@ingressou/protocol';
import { type HttpResponse, problem } from './http.ts';

const statuses: Readonly<Partial<Record<Rejection['reason'], number>>> = {
  show_not_found: 404,
  checkpoint_not_found: 404,
  device_not_found: 404,
  incident_not_found: 404,
  device_revoked: 403,
  invalid_parameter: 400,
  busy: 503,
};

/** What a show says no to, over HTTP. */
export function refused({ reason }: Rejection): HttpResponse {
  return problem(statuses[reason] ?? 409, reason, 'The show says no.');
}
