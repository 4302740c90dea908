import type { LogOwner } from '@ingressou/protocol/admission';
import { savedLog } from './saved-log.ts';
import type { ScanLog } from './scan-log.ts';

/** A phone that asks first where to put it reads it only then: taken away before, the file is empty. */
const keptMs = 5 * 60_000;

/** Gives the log as a file, for whoever brings in by hand what the server would not take. */
export async function saveLog(of: {
  readonly log: ScanLog;
  readonly enrolment: LogOwner;
}): Promise<void> {
  const { device } = of.enrolment;
  const text = savedLog(of.enrolment, await of.log.rows());
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `leituras-${device}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), keptMs);
}
