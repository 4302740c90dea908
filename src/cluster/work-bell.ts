import type { NodeId } from '@ingressou/protocol';
import type { Bus, Listening } from '../ports/bus.ts';
import type { Standing } from '../ports/feeds.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { packAnnouncement, unpackAnnouncement } from './frames.ts';
import { subjects } from './subjects.ts';

export interface WorkBellOptions {
  readonly bus: Bus;
  readonly prefix: string;
  /** This node: it does not hear itself. */
  readonly node: NodeId;
  readonly telemetry: Pick<Telemetry, 'failed'>;
}

/**
 * Tells the workers of other nodes that something happened in a show that waits for them. The bus
 * may lose it: workers look by themselves too, only less often.
 */
export class WorkBell {
  readonly #options: WorkBellOptions;

  constructor(options: WorkBellOptions) {
    this.#options = options;
  }

  ring(standing: Standing): void {
    const { bus, prefix, node } = this.#options;
    if (bus.isUp) bus.publish(subjects(prefix).work, packAnnouncement({ ...standing, node }));
  }

  hear(heard: (standing: Standing) => void): Listening {
    const { bus, prefix, node, telemetry } = this.#options;
    return bus.listen(subjects(prefix).work, (bytes) => {
      try {
        const { node: ringer, ...standing } = unpackAnnouncement(bytes);
        if (ringer !== node) heard(standing);
      } catch (cause) {
        // A node of another version: the workers find by themselves what it did.
        telemetry.failed('hear of work', cause);
      }
    });
  }
}
