import type { TicketDocument } from '../../ports/documents.ts';

/** What goes to a rendering thread. */
export interface RenderJob {
  readonly id: number;
  readonly document: TicketDocument;
}

/** What comes back: bytes, or what the document broke. */
export type RenderResult =
  | { readonly id: number; readonly bytes: Uint8Array }
  | { readonly id: number; readonly failure: Error };
