import type { Verdict } from './admission-verdicts.ts';
import type { CommandId, DeviceId, EventId } from './ids.ts';
import type { TicketIncidentKind } from './passage.ts';
import type { OverrideReason, ScanMode, TopUpMethod } from './scan.ts';

/** What gates and the server tell each other, for sockets of role CHECKIN and for producers. */
export type GateClientMessage =
  /**
   * Asks for the verdict on a code. The gate and the device are those of the access token. `seq` is
   * the scan's number in the device's log: the same number, sent again, is the same scan.
   */
  | {
      readonly type: 'scan';
      readonly id: CommandId;
      readonly event: EventId;
      readonly seq: number;
      readonly checkpoint: number;
      readonly direction: Direction;
      /** What the camera read. More than `limits.codeLengthMax` of it says no more. */
      readonly code: string;
      /** By the device's own clock. */
      readonly at: number;
      /** The operator has seen the document, or half price was topped up to full. */
      readonly hasProof?: boolean;
      /** The operator lets them in whatever the verdict is, and says why. */
      readonly override?: OverrideReason;
    }
  /** Uploads scans from a device's log, online ones among them. */
  | {
      readonly type: 'scan_batch';
      readonly id: CommandId;
      readonly event: EventId;
      /** The device's own clock as it sends. */
      readonly at: number;
      readonly log: LogText;
    }
  /** Half price becomes full price at the gate: the difference was paid there. */
  | {
      readonly type: 'top_up';
      readonly id: CommandId;
      readonly event: EventId;
      readonly serial: number;
      readonly method: TopUpMethod;
    }
  /** Asks for `gates` now and whenever they have changed, and for each `incident`. */
  | { readonly type: 'watch_gates'; readonly event: EventId }
  | { readonly type: 'unwatch_gates'; readonly event: EventId }
  /** Somebody who looks after the show has looked at these incidents, by their ids. */
  | {
      readonly type: 'see_incidents';
      readonly id: CommandId;
      readonly event: EventId;
      readonly incidents: readonly string[];
    }
  /** How a device is, about once a second. Answered by `pong`. */
  | {
      readonly type: 'gate_status';
      readonly event: EventId;
      /** Scans of its log that nobody has acknowledged. */
      readonly unsent: number;
      readonly mode: ScanMode;
    };

export type GateServerMessage =
  /** Answers `scan`; durable. `occupancy` is how many people are inside the checkpoint now. */
  | ({
      readonly type: 'verdict';
      readonly re: CommandId;
      readonly at: number;
      readonly occupancy: number;
      /** Of the show's history: it grows with what the server knows. */
      readonly position: number;
      /** The ticket it was, when it was one; with its lot's number, counted from 0. */
      readonly serial?: number | undefined;
      readonly lot?: number | undefined;
      /** How many times it has come in here, this one among them. Only with a way in. */
      readonly entry?: number | undefined;
      /** The operator let them in against the verdict. */
      readonly override?: OverrideReason | undefined;
    } & Verdict)
  /** Answers `scan_batch`. Everything up to `upTo` is kept: the device may forget it. */
  | {
      readonly type: 'merged';
      readonly re: CommandId;
      readonly event: EventId;
      readonly result: MergeResult;
      /** Where the server's copy of the log ends, and the hash there in base64. */
      readonly upTo: number;
      readonly hash: string;
      /** What came out of this upload. */
      readonly incidents: number;
      /** Scans of this upload that were kept aside because its log does not add up. */
      readonly quarantined: number;
    }
  /** Something that people should look at. The same `id` again replaces it. */
  | {
      readonly type: 'incident';
      readonly event: EventId;
      readonly generation: number;
      readonly position: number;
      readonly incident: IncidentView;
    }
  /** What was told as an `incident` with this id is explained: nobody need look at it. */
  | {
      readonly type: 'incident_gone';
      readonly event: EventId;
      readonly generation: number;
      readonly position: number;
      readonly id: string;
    }
  | ({ readonly type: 'gates'; readonly event: EventId } & GatesView);

export type Direction = 'entry' | 'exit';

/**
 * `new`: it was taken in; `duplicate`: it was known already; `gap`: scans are missing in front of
 * it: send from `upTo` on; `fork`: it is not what this device sent before; `broken`: its hashes do
 * not add up. The last two are kept in quarantine.
 */
export type MergeResult = 'new' | 'duplicate' | 'gap' | 'fork' | 'broken';

/** Part of a device's log as text. Hashes are SHA-256 in base64. */
export interface LogText {
  readonly before: { readonly seq: number; readonly hash: string };
  /** `encodeScan` of each, one after the other, in base64; at most `limits.uploadScansMax`. */
  readonly scans: string;
  /** Of the last of them. */
  readonly hash: string;
}

/** What people should look at. One that changes has a new number, and nobody has seen it. */
export type IncidentView = IncidentAbout & {
  /** Above those of all earlier changes: whoever knows up to one asks for what is above it. */
  readonly number: number;
  readonly isSeen: boolean;
};

export type IncidentAbout = TicketIncident | LogIncident;
export type IncidentKind = IncidentAbout['kind'];

export const incidentKinds: readonly IncidentKind[] = [
  'double_entry',
  'revoked_entry',
  'revoked_after_entry',
  'inferred_entry',
  'clock_suspect',
  'revoked_device',
  'log_quarantined',
];

/** What became of a ticket. */
export interface TicketIncident {
  readonly id: string;
  readonly kind: TicketIncidentKind;
  readonly serial: number;
  /** The order of the two scans may be wrong. */
  readonly isClockSuspect: boolean;
  readonly scan: ScanView;
  /** The scan it is in conflict with. */
  readonly other?: ScanView;
}

/** What a device tells does not add up: all of it, as one. */
export interface LogIncident {
  readonly id: string;
  readonly kind: 'log_quarantined';
  readonly device: DeviceId;
  readonly gate: number;
  /** Of the last part that was kept aside. */
  readonly why: 'fork' | 'broken';
  /** Scans that were kept aside so far. */
  readonly scans: number;
  readonly at: number;
}

/** A scan as people are told of it. */
export interface ScanView {
  readonly device: DeviceId;
  readonly seq: number;
  /** By the server's time, as far as anybody can know. */
  readonly at: number;
  readonly checkpoint: number;
  readonly gate: number;
  readonly direction: Direction;
  readonly mode: ScanMode;
  readonly override?: OverrideReason;
}

/** The gates of a show, as of a position. */
export interface GatesView {
  readonly generation: number;
  readonly position: number;
  readonly at: number;
  readonly checkpoints: readonly CheckpointView[];
  readonly devices: readonly DeviceView[];
  readonly incidents: {
    readonly total: number;
    /** How many of them nobody has seen. */
    readonly unseen: number;
    /** At most 20: those that nobody has seen first, the newest of them before the others. */
    readonly latest: readonly IncidentView[];
  };
}

export interface CheckpointView {
  readonly checkpoint: number;
  readonly name: string;
  /** People inside now, of those who came in today where days count. */
  readonly occupancy: number;
  readonly gates: readonly GateView[];
}

export interface GateView {
  readonly gate: number;
  readonly name: string;
  readonly entered: number;
  readonly exited: number;
  /** Who came in, minute by minute; the last one is the minute of `minute`, which is not over. */
  readonly perMinute: readonly number[];
  /** Milliseconds since 1970; 0 when nobody has come. */
  readonly minute: number;
}

export interface DeviceView {
  readonly device: DeviceId;
  readonly gate: number;
  readonly isRevoked: boolean;
  /** When anything was last heard of it; 0 for never. */
  readonly lastSeenAt: number;
  /** As it said itself. */
  readonly unsent: number;
  readonly mode: ScanMode;
  /** Scans of it that are known, and those that were kept aside. */
  readonly scans: number;
  readonly quarantined: number;
}
