import type {
  CommandId,
  DeviceId,
  Direction,
  HoldId,
  Item,
  LotId,
  NodeId,
  OrderId,
  OrderLine,
  OverrideReason,
  PaymentMethod,
  PaymentRefusal,
  ScanMode,
  SubjectId,
  TopUpMethod,
} from '@ingressou/protocol';
import type { VerdictName } from '@ingressou/protocol/admission';
import type { CheckpointPlan } from './gates.ts';
import type { IncidentNews } from './incidents.ts';

/**
 * What happened to one show, in the order it happened. A fact stays as it was written for ever:
 * fields may be added, never renamed or given another meaning. Facts that end or change a hold
 * repeat whose and what it was, so that whoever follows them needs no state of their own.
 *
 * `id` names the command that caused it and `wish` is the fingerprint of that command's body.
 */
export type Fact =
  /** A node took the show over: the first fact of each epoch. */
  | {
      readonly type: 'owned';
      readonly owner: NodeId;
      readonly epoch: number;
      readonly generation: number;
    }
  | {
      readonly type: 'show_created';
      readonly id: CommandId;
      readonly wish: number;
      readonly holdMs: number;
      readonly extendMs: number;
      readonly limit: number;
      /** From a checkout until it must be paid. */
      readonly payMs: number;
      /** The convenience fee in hundredths of a percent of the price of each unit. */
      readonly feeBasisPoints: number;
      /** When the doors open, if that is known: refunds end before. */
      readonly startsAt?: number;
      /** Minutes that the show's clocks are ahead of UTC, for days that end at midnight. */
      readonly zoneMinutes: number;
      /** Its tickets are shown as codes that change; absent where they are not. */
      readonly isRotating?: boolean;
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
      /** Half-price tickets (meia-entrada). */
      readonly isHalf: boolean;
      /** They admit whom they are made out to and nobody else; absent where they admit anybody. */
      readonly isNominal?: boolean;
      /** Where codes rotate: paper is enough, too; absent where it is not. */
      readonly isPrintable?: boolean;
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
      /** The order that was pending, which expires too. */
      readonly order?: OrderId;
    }
  | {
      readonly type: 'checked_out';
      /** The order's own id. */
      readonly id: OrderId;
      readonly wish: number;
      readonly hold: HoldId;
      readonly subject: SubjectId;
      readonly items: readonly OrderLine[];
      readonly method: PaymentMethod;
      readonly ticketsCents: number;
      readonly feeCents: number;
      readonly payBy: number;
      /** The hold's new end: later than `payBy`, because word of a payment takes time. */
      readonly expiresAt: number;
    }
  /** The provider has it: there is something to pay with. */
  | {
      readonly type: 'payment_begun';
      /** `begun:` and the provider's charge. */
      readonly id: string;
      readonly wish: number;
      readonly order: OrderId;
      readonly hold: HoldId;
      readonly subject: SubjectId;
      readonly charge: string;
    }
  /** The order fails; its hold lives on. */
  | {
      readonly type: 'payment_refused';
      /** `refused:` and what failed. */
      readonly id: string;
      readonly wish: number;
      readonly order: OrderId;
      readonly hold: HoldId;
      readonly subject: SubjectId;
      readonly refusal: PaymentRefusal;
    }
  /** The order is cancelled and its hold given back. */
  | {
      readonly type: 'order_cancelled';
      /** The command's, or `cancelled:` and the order. */
      readonly id: string;
      readonly wish: number;
      readonly order: OrderId;
      readonly hold: HoldId;
      readonly subject: SubjectId;
      readonly items: readonly Item[];
      readonly why: 'buyer' | 'show_cancelled';
    }
  /** All of it is paid, by this charge. The hold is sold. */
  | {
      readonly type: 'paid';
      /** `paid:` and the provider's charge. */
      readonly id: string;
      readonly wish: number;
      readonly order: OrderId;
      readonly hold: HoldId;
      readonly subject: SubjectId;
      readonly items: readonly OrderLine[];
      readonly charge: string;
      /** What came in: the total, or more; then a `refund_due` of the rest follows. */
      readonly amountCents: number;
      readonly ticketsCents: number;
      readonly feeCents: number;
      /** The hold was over, and its units were still free. */
      readonly isLate: boolean;
    }
  /** Follows `paid`: the tickets `from` … `from + count - 1`, in the order of `items`. */
  | {
      readonly type: 'tickets_issued';
      readonly order: OrderId;
      readonly hold: HoldId;
      readonly subject: SubjectId;
      readonly items: readonly Item[];
      readonly from: number;
      readonly count: number;
    }
  /** Their codes are signed and kept. */
  | {
      readonly type: 'tickets_signed';
      /** `signed:` and the order. */
      readonly id: string;
      readonly wish: number;
      readonly order: OrderId;
      readonly hold: HoldId;
      readonly subject: SubjectId;
    }
  /** A phone has it from now on: at this revision no other one, and codes of older ones are void. */
  | {
      readonly type: 'ticket_bound';
      readonly id: CommandId;
      readonly wish: number;
      readonly order: OrderId;
      readonly hold: HoldId;
      readonly subject: SubjectId;
      readonly serial: number;
      readonly revision: number;
      readonly holderKey: Uint8Array;
    }
  /** No phone has it from now on; codes of revisions before this one are void. */
  | (Partial<IncidentNews> & {
      readonly type: 'ticket_freed';
      readonly id: CommandId;
      readonly wish: number;
      readonly order: OrderId;
      readonly hold: HoldId;
      readonly subject: SubjectId;
      readonly serial: number;
      readonly revision: number;
    })
  /**
   * Money must go back. With `serials` these tickets are revoked and their units, `items`, are on
   * sale again; without, no ticket was ever issued for it.
   */
  | (Partial<IncidentNews> & {
      readonly type: 'refund_due';
      /** The refund's own id: the command's, or made of the charge or the order. */
      readonly id: string;
      readonly wish: number;
      readonly order: OrderId;
      readonly why: RefundReason;
      readonly amountCents: number;
      /** The charge the money came by. */
      readonly charge: string;
      /** Of `amountCents`: what the tickets cost and the fee; both 0 for money that bought nothing. */
      readonly ticketsCents: number;
      readonly feeCents: number;
      readonly serials: readonly number[];
      readonly items: readonly Item[];
      /** Absent for an order that nobody here knows. */
      readonly hold?: HoldId;
      readonly subject?: SubjectId;
    })
  | {
      readonly type: 'refunded';
      /** `refunded:` and the refund. */
      readonly id: string;
      readonly wish: number;
      readonly refund: string;
      readonly order: OrderId;
      readonly charge: string;
      readonly amountCents: number;
      readonly hold?: HoldId;
      readonly subject?: SubjectId;
    }
  /** The bank took the money back. The tickets are revoked and their units are on sale again. */
  | (Partial<IncidentNews> & {
      readonly type: 'charged_back';
      /** `chargeback:` and the charge. */
      readonly id: string;
      readonly wish: number;
      readonly order: OrderId;
      readonly charge: string;
      readonly amountCents: number;
      readonly ticketsCents: number;
      readonly feeCents: number;
      readonly serials: readonly number[];
      readonly items: readonly Item[];
      readonly hold: HoldId;
      readonly subject: SubjectId;
    })
  /** Nothing is sold any more, and every order is refunded, some in each turn. */
  | { readonly type: 'show_cancelled'; readonly id: CommandId; readonly wish: number }
  /** Who admits whom, where and when. */
  | {
      readonly type: 'checkpoints_set';
      readonly id: CommandId;
      readonly wish: number;
      readonly checkpoints: readonly CheckpointPlan[];
    }
  /** A scanner may work at this gate, of every checkpoint that has one of this number. */
  | {
      readonly type: 'device_enrolled';
      readonly id: CommandId;
      readonly wish: number;
      readonly device: DeviceId;
      readonly gate: number;
    }
  | {
      readonly type: 'device_revoked';
      readonly id: CommandId;
      readonly wish: number;
      readonly device: DeviceId;
    }
  | {
      readonly type: 'device_reported';
      readonly device: DeviceId;
      readonly unsent: number;
      readonly mode: ScanMode;
    }
  /** Somebody went through while the gate was online. */
  | (IncidentNews & {
      readonly type: 'scanned';
      readonly id: CommandId;
      readonly device: DeviceId;
      /** Its number in the device's log. */
      readonly seq: number;
      readonly checkpoint: number;
      readonly gate: number;
      readonly direction: Direction;
      /** Absent when it was no ticket, and the operator let them in all the same. */
      readonly serial?: number | undefined;
      readonly revision?: number | undefined;
      /** How many times it has come in there, this one among them; 0 for a way out. */
      readonly entry: number;
      readonly verdict: VerdictName;
      readonly override?: OverrideReason | undefined;
      readonly hasProof: boolean;
    })
  /** A device told what it did. */
  | (IncidentNews & {
      readonly type: 'scans_merged';
      readonly id: CommandId;
      readonly device: DeviceId;
      /** Where its log ends now. */
      readonly upTo: number;
      readonly hash: Uint8Array;
      /** What had to be added to its clock when it told. */
      readonly offset: number;
      /** `encodeScan` of each that was not known, one after the other. */
      readonly scans: Uint8Array;
      /** Who came in that nobody knew of. */
      readonly entries: readonly MergedEntry[];
    })
  /** A part of a device's log that does not add up, kept for whoever looks into it. */
  | {
      readonly type: 'scans_quarantined';
      readonly id: CommandId;
      readonly device: DeviceId;
      readonly why: 'fork' | 'broken';
      readonly count: number;
      readonly hash: Uint8Array;
      readonly scans: Uint8Array;
    }
  /** Somebody has looked at these incidents as they were then. */
  | {
      readonly type: 'incidents_seen';
      readonly id: CommandId;
      readonly wish: number;
      readonly incidents: readonly string[];
    }
  /** The difference to full price was paid at the gate (Lei 13.179/2015 art. 2 § 3). */
  | {
      readonly type: 'topped_up';
      /** The command's; `log:`, the device and the number of the scan for what a scan says. */
      readonly id: string;
      readonly wish: number;
      readonly device: DeviceId;
      readonly serial: number;
      readonly order: OrderId;
      readonly amountCents: number;
      /** Absent for what an older scanner says, which is not how. */
      readonly method?: TopUpMethod;
      /** The number of that scan. */
      readonly seq?: number;
    };

/** A ticket that came in while the gate was alone. */
export interface MergedEntry {
  readonly serial: number;
  readonly checkpoint: number;
  readonly gate: number;
  readonly entry: number;
  readonly verdict: VerdictName;
  /** By the server's time, as far as anybody can know. */
  readonly at: number;
  readonly isOffline: boolean;
}

/**
 * `buyer`: within their time; `producer`: at any time; `show_cancelled`; `late`: paid when it could
 * not be sold any more; `double`: the order was paid already, or by the same charge; `excess`: more than it cost;
 * `short`: less; `foreign`: for an order that this show does not know.
 */
export type RefundReason =
  | 'buyer'
  | 'producer'
  | 'show_cancelled'
  | 'late'
  | 'double'
  | 'excess'
  | 'short'
  | 'foreign';

export type FactOf<T extends Fact['type']> = Extract<Fact, { readonly type: T }>;
