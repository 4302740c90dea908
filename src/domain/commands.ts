import type {
  CommandId,
  DeviceId,
  Direction,
  HoldId,
  Item,
  LotId,
  OrderId,
  OverrideReason,
  PaymentMethod,
  PaymentRefusal,
  ScanMode,
  SubjectId,
  TopUpMethod,
} from '@ingressou/protocol';
import type { LogBatch } from '@ingressou/protocol/admission';
import type { Verified } from '@ingressou/protocol/ticket';
import type { CheckpointPlan } from './gates.ts';

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
      /** From a checkout until it must be paid; ten minutes unless said. */
      readonly payMs?: number;
      /** The convenience fee in hundredths of a percent; none unless said. */
      readonly feeBasisPoints?: number;
      /** When the doors open: buyers give tickets back until two days before. */
      readonly startsAt?: number;
      /** Minutes ahead of UTC; those of Brasília unless said. */
      readonly zoneMinutes?: number;
      /** Tickets are shown as codes that change, by the phone that has them; not unless said. */
      readonly isRotating?: boolean;
    }
  /** This command's id is the lot's. */
  | {
      readonly type: 'open_lot';
      readonly id: LotId;
      readonly sector: string;
      readonly name: string;
      readonly priceCents: number;
      readonly quantity: number;
      readonly isHalf?: boolean;
      /** Its tickets admit whom they are made out to and nobody else; not unless said. */
      readonly isNominal?: boolean;
      /** Where codes rotate: its tickets may be shown on paper, too. */
      readonly isPrintable?: boolean;
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
  /** The order's id is this command's id. */
  | {
      readonly type: 'checkout';
      readonly id: OrderId;
      readonly subject: SubjectId;
      readonly hold: HoldId;
      readonly method: PaymentMethod;
    }
  | {
      readonly type: 'cancel';
      readonly id: CommandId;
      readonly subject: SubjectId;
      readonly order: OrderId;
    }
  /** Of all tickets of the order unless some are named. Without a subject it is the producer's. */
  | {
      readonly type: 'refund';
      readonly id: CommandId;
      readonly subject?: SubjectId;
      readonly order: OrderId;
      readonly serials?: readonly number[];
    }
  | { readonly type: 'cancel_show'; readonly id: CommandId }
  /** The phone with this key shows the ticket; `mayMove` takes it away from another phone. */
  | {
      readonly type: 'bind_ticket';
      readonly id: CommandId;
      readonly subject: SubjectId;
      readonly order: OrderId;
      readonly serial: number;
      readonly holderKey: Uint8Array;
      readonly mayMove: boolean;
    }
  /** The producer's: no phone has it any more, and the next one gets it as the first one did. */
  | { readonly type: 'free_ticket'; readonly id: CommandId; readonly serial: number }
  /** Internal: the provider has made a charge of this order. */
  | { readonly type: 'begin_payment'; readonly charge: string; readonly order: OrderId }
  /**
   * Internal: this charge took this money for this order. The charge names the command: whatever
   * the order is by now, it ends in tickets or in a refund.
   */
  | {
      readonly type: 'confirm_payment';
      readonly charge: string;
      readonly order: OrderId;
      readonly amountCents: number;
    }
  /** Internal: `attempt` of this order, or a charge of it, came to nothing. */
  | {
      readonly type: 'fail_payment';
      readonly attempt: string;
      readonly order: OrderId;
      readonly refusal: PaymentRefusal;
    }
  /** Internal: the codes of all tickets of this order are kept. */
  | { readonly type: 'note_signed'; readonly order: OrderId }
  /** Internal: the provider gave this refund back. */
  | { readonly type: 'note_refunded'; readonly refund: string; readonly order: OrderId }
  /** Internal: the bank took back what this charge had brought. */
  | { readonly type: 'charge_back'; readonly charge: string; readonly order: OrderId }
  /** All checkpoints of the show, in place of those it had. */
  | {
      readonly type: 'set_checkpoints';
      readonly id: CommandId;
      readonly checkpoints: readonly CheckpointPlan[];
    }
  /** Lets a scanner in, or one that is known work at another gate. */
  | {
      readonly type: 'enrol_device';
      readonly id: CommandId;
      readonly device: DeviceId;
      readonly gate: number;
    }
  | { readonly type: 'revoke_device'; readonly id: CommandId; readonly device: DeviceId }
  /** A device says how it is. */
  | {
      readonly type: 'report_device';
      readonly device: DeviceId;
      readonly unsent: number;
      readonly mode: ScanMode;
    }
  /** The gateway has looked at the code; the device and `seq` name the wish. */
  | {
      readonly type: 'scan';
      readonly id: CommandId;
      readonly device: DeviceId;
      readonly seq: number;
      readonly checkpoint: number;
      readonly direction: Direction;
      readonly verified: Verified;
      readonly hasProof: boolean;
      readonly override?: OverrideReason | undefined;
    }
  /** A part of a device's log. `chain` is the hash behind each of its scans, made by the gateway. */
  | {
      readonly type: 'merge_scans';
      readonly id: CommandId;
      readonly device: DeviceId;
      readonly log: LogBatch;
      readonly chain: Uint8Array;
      /** What must be added to the device's clock now. */
      readonly offset: number;
    }
  /** Somebody who looks after the show has looked at these. */
  | {
      readonly type: 'see_incidents';
      readonly id: CommandId;
      readonly incidents: readonly string[];
    }
  | {
      readonly type: 'top_up';
      readonly id: CommandId;
      readonly device: DeviceId;
      readonly serial: number;
      readonly method: TopUpMethod;
    }
  /** Internal, by time alone: see `deadlines`. */
  | { readonly type: 'expire'; readonly hold: HoldId }
  | { readonly type: 'open_scheduled_sale' }
  /** The next order of a show that was cancelled. */
  | { readonly type: 'undo_next_order' };

export type CommandOf<T extends Command['type']> = Extract<Command, { readonly type: T }>;
