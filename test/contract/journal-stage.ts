import type { EventId, NodeId } from '@ingressou/protocol';
import type { Head, Journal } from '../../src/ports/journal.ts';
import { newEvent, newNode } from './rows.ts';

export interface OpenJournal {
  readonly journal: Journal;
  /** Begins the empty history of a show. */
  create(event: EventId): Promise<void>;
  /** Lets the lease of a process run for so long from now; with 0 it is over. */
  lease(node: NodeId, ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Longer than any test takes. */
export const longMs = 3_600_000;

/** A journal, and a show with an owner that each test gets anew. */
export class JournalStage {
  opened!: OpenJournal;
  event!: EventId;
  owner!: NodeId;

  get journal(): Journal {
    return this.opened.journal;
  }

  async reset(): Promise<void> {
    this.event = await this.newShow();
    this.owner = await this.newOwner();
  }

  readonly newShow = async (): Promise<EventId> => {
    const show = newEvent();
    await this.opened.create(show);
    return show;
  };

  /** A process whose lease runs. */
  readonly newOwner = async (): Promise<NodeId> => {
    const node = newNode();
    await this.opened.lease(node, longMs);
    return node;
  };

  readonly claim = async (by: NodeId = this.owner): Promise<Head> => {
    const head = await this.journal.claim(this.event, by);
    if (head === undefined) throw new Error('the show of this test exists');
    return head;
  };

  /** Another process claims the show because the lease of its owner is over. */
  readonly claimByNext = async (): Promise<Head> => {
    await this.opened.lease(this.owner, 0);
    return await this.claim(await this.newOwner());
  };
}
