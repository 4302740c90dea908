import type { CommandId, HoldId, Item, LotId, NodeId, SubjectId } from '@ingressou/protocol';

/**
 * What happened to one show, in the order it happened. A fact stays as it was written for ever:
 * fields may be added, never renamed or given another meaning. Facts that end or change a hold
 * repeat whose and what it was, so that whoever follows them needs no state of their own.
 *
 * `id` names the command that caused it and `wish` is the fingerprint of that command's body.
 */
export type Fact =
  /** A node took the show over: the first fact of each epoch. */
  | { readonly type: 'owned'; readonly owner: NodeId; readonly epoch: number }
  | {
      readonly type: 'show_created';
      readonly id: CommandId;
      readonly wish: number;
      readonly holdMs: number;
      readonly extendMs: number;
      readonly limit: number;
    }
  | {
      readonly type: 'lot_opened';
      /** The lot's own id. */
      readonly id: LotId;
      readonly wish: number;
      readonly sector: string;
      readonly name: string;
      readonly priceCents: number;
      readonly quantity: number;
    }
  | {
      readonly type: 'sale_scheduled';
      readonly id: CommandId;
      readonly wish: number;
      readonly opensAt: number;
    }
  /** Without id and wish when the schedule opened it. */
  | { readonly type: 'sale_opened'; readonly id?: CommandId; readonly wish?: number }
  | { readonly type: 'sale_paused'; readonly id: CommandId; readonly wish: number }
  | {
      readonly type: 'reserved';
      /** The hold's own id. */
      readonly id: HoldId;
      readonly wish: number;
      readonly subject: SubjectId;
      readonly items: readonly Item[];
      readonly expiresAt: number;
    }
  | {
      readonly type: 'extended';
      readonly id: CommandId;
      readonly wish: number;
      readonly hold: HoldId;
      readonly subject: SubjectId;
      readonly items: readonly Item[];
      readonly expiresAt: number;
    }
  | {
      readonly type: 'released';
      readonly id: CommandId;
      readonly wish: number;
      readonly hold: HoldId;
      readonly subject: SubjectId;
      readonly items: readonly Item[];
    }
  | {
      readonly type: 'expired';
      readonly hold: HoldId;
      readonly subject: SubjectId;
      readonly items: readonly Item[];
    }
  | {
      readonly type: 'paid';
      /** `paid:` and the provider's charge. */
      readonly id: string;
      readonly wish: number;
      readonly hold: HoldId;
      readonly subject: SubjectId;
      readonly items: readonly Item[];
    };

export type FactOf<T extends Fact['type']> = Extract<Fact, { readonly type: T }>;
