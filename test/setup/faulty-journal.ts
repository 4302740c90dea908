import type { EventId, NodeId } from '@ingressou/protocol';
import {
  type Head,
  JournalUnavailableError,
  OutcomeUnknownError,
  OwnedError,
  type Row,
} from '../../src/ports/journal.ts';
import { MemoryJournal } from '../../src/store/memory-journal.ts';

/** The journal in memory behind a connection that breaks when it is told to. */
export class FaultyJournal extends MemoryJournal {
  /** Questions about outcomes and claims are not answered. */
  isSilent = false;
  rowsRead = 0;
  /** An owner whose lease runs: nobody else may claim, unless instead of its epoch. */
  living: NodeId | undefined;
  #loss: 'before' | 'after' | undefined;
  #gate: Promise<void> | undefined;
  readonly #corrupt = new Set<EventId>();

  /** The next append is lost on its way there, or its reply on the way back. */
  loseNext(loss: 'before' | 'after'): void {
    this.#loss = loss;
  }

  /** Appends wait until the returned function is called. */
  holdAppends(): () => void {
    let release = (): void => {};
    this.#gate = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  }

  /** From now on the facts of this show are not what was written. */
  corrupt(event: EventId): void {
    this.#corrupt.add(event);
  }

  override async claim(
    event: EventId,
    owner: NodeId,
    insteadOf?: number,
  ): Promise<Head | undefined> {
    const head = await super.head(event);
    const isTaken = head?.owner !== undefined && head.owner === this.living && head.owner !== owner;
    if (isTaken && head.epoch !== insteadOf) throw new OwnedError(event, head.owner!, head.epoch);
    return await super.claim(event, owner, insteadOf);
  }

  override async append(row: Row): Promise<void> {
    await this.#gate;
    const loss = this.#loss;
    this.#loss = undefined;
    if (loss !== 'before') await super.append(row);
    if (loss !== undefined) throw new OutcomeUnknownError(row.event, { cause: 'told so' });
  }

  override async outcome(row: Row): Promise<'committed' | 'absent' | 'fenced'> {
    if (this.isSilent) throw new JournalUnavailableError({ cause: 'told so' });
    return await super.outcome(row);
  }

  override async *read(event: EventId, after: number, upTo: number): AsyncIterable<Row> {
    for await (const row of super.read(event, after, upTo)) {
      this.rowsRead += 1;
      yield this.#corrupt.has(event) ? { ...row, at: row.at + 1 } : row;
    }
  }
}
