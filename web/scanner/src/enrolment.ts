import type { DeviceId, EventId } from '@ingressou/protocol';
import type { ListedKey } from '@ingressou/protocol/ticket';

/** What a scanner was told when it was let in; kept until it is set free. */
export interface Enrolment {
  readonly device: DeviceId;
  readonly event: EventId;
  readonly title: string;
  /** The number of the gate it stands at. */
  readonly gate: number;
  readonly checkpoints: readonly EnrolledCheckpoint[];
  /** The show's public keys, to know its packages by. */
  readonly keys: readonly ListedKey[];
  readonly token: string;
}

export interface EnrolledCheckpoint {
  readonly checkpoint: number;
  readonly name: string;
  readonly gates: readonly { readonly gate: number; readonly name: string }[];
}

/** What stands over a gate; people count from 1 where nothing does. */
export function gateNameIn(at: EnrolledCheckpoint | undefined, gate: number): string {
  return at?.gates.find((each) => each.gate === gate)?.name ?? `portão ${gate + 1}`;
}
