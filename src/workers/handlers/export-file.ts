import type { Export, ExportRows, Exports } from '../../ports/exports.ts';
import type { Delivery } from '../../ports/jobs.ts';
import type { Objects } from '../../ports/objects.ts';
import { exportLines } from '../exports/export-lines.ts';
import { textOf } from './job-body.ts';

export interface ExportFileOptions {
  readonly exports: Exports;
  readonly rows: ExportRows;
  readonly objects: Pick<Objects, 'putStream'>;
}

/** Writes a file that a producer asked for, and tells how far it is. The same job again writes it anew. */
export async function exportFile(options: ExportFileOptions, job: Delivery): Promise<void> {
  const { exports, objects } = options;
  const wanted = await exports.find(textOf(job, 'export'));
  if (wanted === undefined || wanted.status === 'done') return;
  const key = `exports/${wanted.event}/${wanted.id}.csv`;
  await objects.putStream(key, linesOf(options, wanted), 'text/csv; charset=utf-8');
  await exports.finish(wanted.id, { objectKey: key });
}

/** A look at how far it is, for each page that has gone. */
async function* linesOf(
  { exports, rows }: ExportFileOptions,
  { id, event, kind }: Export,
): AsyncIterable<Uint8Array> {
  const total = kind === 'half_price' ? 0 : await rows.count(event, kind);
  let done = 0;
  await exports.progress(id, done, total);
  for await (const lines of exportLines(rows, event, kind)) {
    yield Buffer.from(lines.text, 'utf8');
    done += lines.rows;
    // Rows that came since they were counted are written too.
    await exports.progress(id, done, Math.max(done, total));
  }
}
