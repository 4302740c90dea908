import { parentPort } from 'node:worker_threads';
import type { RenderJob, RenderResult } from './render-jobs.ts';
import { ticketPdf } from './ticket-pdf.ts';

// The whole of a rendering thread: one document after the other.

parentPort?.on('message', ({ id, document }: RenderJob) => {
  void ticketPdf(document).then(
    (bytes) => answer({ id, bytes }),
    (failure: unknown) => answer({ id, failure: new Error(String(failure)) }),
  );
});

function answer(result: RenderResult): void {
  parentPort?.postMessage(result, 'bytes' in result ? [result.bytes.buffer as ArrayBuffer] : []);
}
