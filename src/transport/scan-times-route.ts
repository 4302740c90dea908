import { type ScanTimesRequest, scanTimesRequest } from '@ingressou/protocol/requests';
import type { Telemetry } from '../ports/telemetry.ts';
import type { RoleRoute } from './http.ts';
import { parseBody } from './http-body.ts';

/** What scanners measure themselves: only they know how long somebody stood in front of them. */
export function scanTimesRoute(telemetry: Pick<Telemetry, 'codeScanned'>): RoleRoute {
  return {
    method: 'POST',
    path: '/v1/shows/:show/scan-times',
    policy: { roles: ['CHECKIN'], show: 'show' },
    answer: (request) => {
      const body = parseBody<ScanTimesRequest>(request, scanTimesRequest);
      if (!body.isGood) return body.refusal;
      for (const scan of body.value.scans) telemetry.codeScanned(scan);
      return { status: 204, headers: {}, body: '' };
    },
  };
}
