import { type NodeId, parseId } from '@ingressou/protocol';
import type { Bus, Listening } from '../ports/bus.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import { subjects } from './subjects.ts';

export interface NeighboursOptions {
  readonly bus: Bus;
  readonly prefix: string;
  readonly clock: Clock;
  readonly node: NodeId;
}

/** How often everybody says that it is there, and after how long without a word it is not. */
const callMs = 500;
const silentMs = 2_000;

/**
 * Who can be heard on the bus. A lease only says that a process reaches the database: one with
 * another bus, another prefix or none would be given shows that nobody could ask it for.
 */
export class Neighbours {
  readonly #options: NeighboursOptions;
  readonly #heardAt = new Map<NodeId, number>();
  readonly #listening: Listening;
  #call: Timer | undefined;

  constructor(options: NeighboursOptions) {
    this.#options = options;
    const { bus, prefix, clock } = options;
    this.#listening = bus.listen(subjects(prefix).calls, (bytes) => {
      this.#heardAt.set(parseId<NodeId>(Buffer.from(bytes).toString()), clock.monotonic());
    });
  }

  /** Whether that node has called a moment ago. */
  isHeard(node: NodeId): boolean {
    const heardAt = this.#heardAt.get(node);
    return heardAt !== undefined && this.#options.clock.monotonic() - heardAt < silentMs;
  }

  start(): void {
    const { bus, prefix, clock, node } = this.#options;
    bus.publish(subjects(prefix).calls, Buffer.from(node));
    this.#forget();
    this.#call = clock.after(callMs, () => this.start());
  }

  close(): void {
    this.#call?.cancel();
    this.#listening.end();
  }

  #forget(): void {
    for (const node of this.#heardAt.keys()) if (!this.isHeard(node)) this.#heardAt.delete(node);
  }
}
