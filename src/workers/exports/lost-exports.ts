import type { Export, Exports } from '../../ports/exports.ts';
import type { Job, Jobs } from '../../ports/jobs.ts';

export interface LostExportOptions {
  readonly exports: Pick<Exports, 'stale'>;
  readonly jobs: Pick<Jobs, 'publish'>;
}

/** An export that nobody has written a page of for so long has lost its job. */
const silentMs = 2 * 60_000;
const exportsMax = 20;

/** The job that writes a file. */
export function exportJob({ id, event }: Pick<Export, 'id' | 'event'>): Job {
  return { id: `export.file:${id}`, kind: 'export.file', event, body: { export: id } };
}

/** Has exports begun again whose job never arrived, or whose worker died too often. */
export async function beginLostExports(
  { exports, jobs }: LostExportOptions,
  now: number,
): Promise<void> {
  const lost = await exports.stale(now - silentMs, exportsMax);
  if (lost.length > 0) await jobs.publish(lost.map(exportJob));
}
