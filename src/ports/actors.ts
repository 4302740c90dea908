import type { EventId, NodeId } from '@ingressou/protocol';
import type { Commands } from './commands.ts';

/**
 * The shows that live in this process, and the way to bring one here or to send it away. A command
 * for a show that is not here claims it, unless a live node owns it: then the answer says where.
 */
export interface Actors extends Commands {
  /** Whether the show lives here, or is just being woken or sent away. */
  has(event: EventId): boolean;

  /** The shows that are served here now. */
  served(): readonly EventId[];

  /** Claims and recovers a show nobody asks for. True when it is served here afterwards. */
  wake(event: EventId): Promise<boolean>;

  /**
   * Gives a show up: ends its turn, saves its state, releases it. What is asked of it meanwhile
   * waits, and is then told to ask `to`. Resolves when somebody else may claim it.
   */
  release(event: EventId, to: NodeId): Promise<void>;
}
