import type { CheckpointView, DeviceView, GatesView } from '@ingressou/protocol';
import { Bitmap, type CheckpointRules, type Tracks } from '@ingressou/protocol/admission';
import type { Checkpoint, Gates } from './gates.ts';
import type { IncidentChanges } from './incidents.ts';
import { occupancyOf } from './scans.ts';
import type { ShowState } from './state.ts';

const latestMax = 20;
/** Of one answer. */
const incidentsPageMax = 100;

/** The gates as those see them who watch over them; the position is the reply's. */
export type GatesReply = Omit<GatesView, 'generation' | 'position' | 'at'>;

export function gatesView({ gates }: ShowState, now: number): GatesReply {
  const { incidents } = gates;
  return {
    checkpoints: [...gates.checkpoints.values()].map((each) => checkpointView(each, now)),
    devices: devicesOf(gates),
    incidents: {
      total: incidents.size,
      unseen: incidents.unseen,
      latest: incidents.latest(latestMax),
    },
  };
}

export interface IncidentsQuestion {
  readonly type: 'incidents';
  /** Those that changed after the change of this number. Absent: the newest that nobody has seen. */
  readonly since?: number;
}

export function incidentsReply(
  { gates }: ShowState,
  { since }: IncidentsQuestion,
): IncidentChanges {
  const { incidents } = gates;
  if (since !== undefined) return incidents.since(since, incidentsPageMax);
  const news = incidents.news(latestMax);
  return { incidents: news, gone: [], upTo: incidents.number, isMore: false };
}

function checkpointView(checkpoint: Checkpoint, now: number): CheckpointView {
  const { plan, counters } = checkpoint;
  const gates = counters.map(({ entered, exited, minute, perMinute }, gate) => {
    const name = plan.gates[gate] ?? '';
    return { gate, name, entered, exited, perMinute: [...perMinute], minute };
  });
  const occupancy = occupancyOf(checkpoint, now);
  return { checkpoint: plan.rules.checkpoint, name: plan.name, occupancy, gates };
}

function devicesOf({ devices }: Gates): DeviceView[] {
  return [...devices].map(([device, known]) => ({
    device,
    gate: known.gate,
    isRevoked: known.revokedAt !== undefined,
    lastSeenAt: known.lastSeenAt,
    unsent: known.unsent,
    mode: known.mode,
    scans: known.scans,
    quarantined: known.quarantined,
  }));
}

/** What a gate must know to judge alone, but for the keys, which the show does not have. */
export interface PackageParts {
  readonly rules: CheckpointRules;
  /** All serials are below. */
  readonly issued: number;
  /** A bitmap each. */
  readonly gone: Uint8Array;
  readonly days: readonly {
    readonly day: number;
    readonly used: Uint8Array;
    readonly inside: Uint8Array;
    readonly people: number;
  }[];
  /** Serials with the revision below which their codes are void. */
  readonly reissued: readonly (readonly [serial: number, revision: number])[];
  /** Why this device gets none. */
  readonly isDeviceRevoked: boolean;
  /** There are name cards besides. */
  readonly hasCards: boolean;
}

export interface PackageQuestion {
  readonly type: 'package';
  readonly checkpoint: number;
  readonly device: string;
}

const noTracks: Tracks = { used: new Bitmap(), inside: new Bitmap() };

/** Null when there is no such checkpoint. */
export function packageParts(state: ShowState, question: PackageQuestion): PackageParts | null {
  const { gates, tickets } = state;
  const checkpoint = gates.checkpoints.get(question.checkpoint);
  if (checkpoint === undefined) return null;
  const { plan, admissions, people } = checkpoint;
  const tracked = new Set(admissions.days());
  const days = [...new Set([...tracked, ...people.keys()])].map((day) => {
    // Asking for the tracks of a day makes them, and an answer changes nothing.
    const { used, inside } = tracked.has(day) ? admissions.tracks(day) : noTracks;
    return {
      day,
      used: used.bytes(),
      inside: inside.bytes(),
      people: Math.max(0, people.get(day) ?? 0),
    };
  });
  const device = [...gates.devices].find(([id]) => id === question.device)?.[1];
  return {
    rules: plan.rules,
    issued: tickets.next,
    gone: gates.gone.bytes(),
    days,
    reissued: tickets.reissued(),
    isDeviceRevoked: device === undefined || device.revokedAt !== undefined,
    hasCards: plan.hasCards ?? false,
  };
}
