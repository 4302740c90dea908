import { base64, type LogOwner } from '@ingressou/protocol/admission';
import type { ScanLog } from './scan-log.ts';

/** Gives the log as a file, for whoever brings in by hand what the server would not take. */
export async function saveLog(of: {
  readonly log: ScanLog;
  readonly enrolment: LogOwner;
}): Promise<void> {
  const { event, device } = of.enrolment;
  const rows = await of.log.rows();
  const scans = rows.map(({ seq, bytes, hash }) => ({
    seq,
    scan: base64(bytes),
    hash: base64(hash),
  }));
  const text = JSON.stringify({ event, device, scans }, null, 1);
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `leituras-${device}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
