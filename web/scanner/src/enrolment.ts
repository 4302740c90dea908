import type { DeviceId, EventId } from '@ingressou/protocol';
import type { ListedKey } from '@ingressou/protocol/ticket';

/** What a scanner was told when it was let in; kept until it is set free. */
export interface Enrolment {
  readonly device: DeviceId;
  readonly event: EventId;
  readonly title: string;
  /** The gate it stands at. */
  readonly gate: number;
  readonly gateName: string;
  readonly checkpoints: readonly { readonly checkpoint: number; readonly name: string }[];
  /** The show's public keys, to know its packages by. */
  readonly keys: readonly ListedKey[];
  /** What access tokens are fetched with. */
  readonly credential: string;
}
