import type { SubjectId } from '@ingressou/protocol';
import type { ScanTime } from '@ingressou/protocol/requests';
import { describe, expect, it } from 'vitest';
import type { HttpRequest } from './http.ts';
import { scanTimesRoute } from './scan-times-route.ts';

const scan = { ms: 12.5, isOnline: true, isAnswered: true };
const identity = { subject: 's' as SubjectId, role: 'CHECKIN', shows: [], expiresAt: 0 } as const;

describe('what scanners measure', () => {
  it('becomes metrics', async () => {
    expect(await told({ scans: [scan, scan] })).toEqual({ status: 204, scans: [scan, scan] });
  });

  it.each([
    { story: 'a time that is none', body: { scans: [{ ...scan, ms: -1 }] } },
    { story: 'more than was measured', body: { scans: [{ ...scan, code: 'V50' }] } },
    { story: 'too many at once', body: { scans: Array.from({ length: 61 }, () => scan) } },
  ])('is refused whole: $story', async ({ body }) => {
    expect(await told(body)).toEqual({ status: 400, scans: [] });
  });
});

async function told(body: object): Promise<{ status: number; scans: ScanTime[] }> {
  const scans: ScanTime[] = [];
  const route = scanTimesRoute({ codeScanned: (each) => scans.push(each) });
  const request = {
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
  } as unknown as HttpRequest;
  const { status } = await route.answer(request, identity);
  return { status, scans };
}
