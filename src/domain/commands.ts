import type { CommandId, HoldId, Item, LotId, SubjectId } from '@ingressou/protocol';

/**
 * What may be wished of one show. Whoever submits has already made sure that ids are UUIDs and
 * that a buyer's `subject` is the one of the session; every other value may be nonsense and is
 * refused here.
 */
export type Command =
  | {
      readonly type: 'create_show';
      readonly id: CommandId;
      /** How long a hold lives, and by how much `extend` prolongs it. */
      readonly holdMs: number;
      readonly extendMs: number;
      /** Units one buyer may hold and own together. */
      readonly limit: number;
    }
  /** This command's id is the lot's. */
  | {
      readonly type: 'open_lot';
      readonly id: LotId;
      readonly sector: string;
      readonly name: string;
      readonly priceCents: number;
      readonly quantity: number;
    }
  /** Opens now, or at `opensAt` if that lies ahead. */
  | { readonly type: 'open_sale'; readonly id: CommandId; readonly opensAt?: number }
  | { readonly type: 'pause_sale'; readonly id: CommandId }
  /** The hold's id is this command's id. */
  | {
      readonly type: 'reserve';
      readonly id: CommandId;
      readonly subject: SubjectId;
      readonly items: readonly Item[];
    }
  | {
      readonly type: 'extend';
      readonly id: CommandId;
      readonly subject: SubjectId;
      readonly hold: HoldId;
    }
  | {
      readonly type: 'release';
      readonly id: CommandId;
      readonly subject: SubjectId;
      readonly hold: HoldId;
    }
  /** Internal: the provider's charge has paid this hold. The charge names the command. */
  | { readonly type: 'confirm_payment'; readonly charge: string; readonly hold: HoldId }
  /** Internal, by time alone: see `deadlines`. */
  | { readonly type: 'expire'; readonly hold: HoldId }
  | { readonly type: 'open_scheduled_sale' };

export type CommandOf<T extends Command['type']> = Extract<Command, { readonly type: T }>;
