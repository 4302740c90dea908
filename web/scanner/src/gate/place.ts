import type { OverrideReason, ScanMode } from '@ingressou/protocol/admission';

/** Where a scanner stands and what it does there. */
export interface Place {
  readonly checkpoint: number;
  readonly direction: 'entry' | 'exit';
  /** How it judges when it is cut off. */
  readonly offlineMode: OfflineMode;
}

/**
 * `strict`: only tickets that nobody else can be admitting now; `normal`: all that are not known to
 * be used; `manual`: the operator decides each, with a reason.
 */
export type OfflineMode = Exclude<ScanMode, 'online'>;

export const offlineModes: readonly OfflineMode[] = ['strict', 'normal', 'manual'];

/** What the operator has added to a code. */
export interface Assurance {
  readonly hasProof: boolean;
  readonly override?: OverrideReason;
}

export const noAssurance: Assurance = { hasProof: false };
