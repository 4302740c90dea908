/** What the process of one worker can be asked. */
export interface ToIssuer {
  readonly type: 'issue';
  /** Of each batch. */
  readonly orders: number;
  readonly seed: number;
}

export type FromIssuer =
  | { readonly type: 'ready' }
  | { readonly type: 'issued'; readonly issued: Issued };

/** What one worker did, one thing after the other. */
export interface Issued {
  /** A thread is started and draws its first document. */
  readonly firstDocumentMs: number;
  readonly signed: Batch;
  readonly rendered: Batch;
  /** Other orders, each signed and then rendered. */
  readonly both: Batch;
}

export interface Batch {
  readonly orders: number;
  readonly tickets: number;
  readonly ms: number;
  /** Processor time of all threads. */
  readonly cpuMs: number;
}

export function ticketsPerSecond({ tickets, ms }: Batch): number {
  return (tickets / ms) * 1000;
}
