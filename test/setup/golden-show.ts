import type { EventId, NodeId } from '@ingressou/protocol';
import { uuid7 } from '@ingressou/protocol';
import { Directory } from '../../src/actors/directory.ts';
import type { Head, Row } from '../../src/ports/journal.ts';
import { MemoryJournal } from '../../src/store/memory-journal.ts';
import { silentTelemetry } from './silent-telemetry.ts';
import { SteppedClock } from './stepped-clock.ts';
import { minute, Story } from './story.ts';
import { ToldTenure } from './told-tenure.ts';

/**
 * A show whose history the production actor writes, from rows of a story. One row is one command
 * and one turn; time stands still unless it is told to pass.
 */
export class GoldenShow {
  readonly clock: SteppedClock;
  readonly journal: MemoryJournal;
  readonly story = new Story();
  readonly event: EventId;
  #directory: Directory;
  #nodes = 0;

  constructor(name = 'show', journal = new MemoryJournal(), clock?: SteppedClock) {
    this.clock = clock ?? new SteppedClock(this.story.now);
    this.event = uuid7<EventId>(0, new TextEncoder().encode(name.padStart(10, '.')));
    this.journal = journal;
    this.journal.create(this.event);
    this.#directory = this.#open();
  }

  /** Has the show do this and returns `accepted` or why not. */
  async tell(row: string): Promise<string> {
    this.story.now = this.clock.now();
    const [verb = '', ...words] = row.split(' ');
    const command = this.story.command(verb, words);
    const answer = await this.clock.until(this.#directory.submit(this.event, command));
    return answer.accepted ? 'accepted' : answer.rejection.reason;
  }

  /** Lets time pass, and what is due happen. */
  async wait(ms: number): Promise<void> {
    await this.clock.advance(ms);
  }

  /** Another node takes over. */
  async changeNode(): Promise<void> {
    await this.clock.until(this.#directory.close());
    this.#directory = this.#open();
  }

  async close(): Promise<void> {
    await this.clock.until(this.#directory.close());
  }

  async head(): Promise<Head> {
    return (await this.journal.head(this.event))!;
  }

  async rows(): Promise<Row[]> {
    const rows: Row[] = [];
    const { position } = await this.head();
    for await (const row of this.journal.read(this.event, 0, position)) rows.push(row);
    return rows;
  }

  #open(): Directory {
    this.#nodes += 1;
    const random = new TextEncoder().encode(`a node, ${this.#nodes}`);
    return new Directory({
      tenure: new ToldTenure(uuid7<NodeId>(this.clock.now(), random)),
      journal: this.journal,
      snapshots: { load: async () => undefined, save: async () => {} },
      clock: this.clock,
      telemetry: silentTelemetry,
      mailboxLettersMax: 100,
      turnLettersMax: 50,
      snapshotFacts: 1_000_000,
      snapshotMs: 60 * minute,
      idleMs: 100 * 24 * 60 * minute,
      onCommitted: () => {},
    });
  }
}

/** Everything that can happen to a hold, under two owners, with time that passes. */
export async function tellGoldenStory(show: GoldenShow): Promise<void> {
  const tell = async (...rows: readonly string[]): Promise<void> => {
    for (const row of rows) {
      const outcome = await show.tell(row);
      if (outcome !== 'accepted') throw new Error(`"${row}" is answered ${outcome}.`);
    }
  };
  await tell('create c 6', 'lot A 5', 'lot B 3', 'open o 2m');
  await show.wait(2 * minute);
  await tell('reserve h1 ana A 2', 'reserve h2 bia A 3', 'reserve h3 caio B 1', 'extend x1 ana h1');
  await show.wait(minute);
  await tell(
    'release x2 bia h2',
    'reserve h4 bia A 1 B 2',
    'checkout b4 bia h4',
    'pay k1 b4 30000',
    'pause p',
  );
  await show.changeNode();
  await show.wait(20 * minute);
  await tell(
    'open o2',
    'reserve h5 ana A 4',
    'checkout b5 ana h5',
    'begin k2 b5',
    'pay k2 b5 40000',
    'sign b5',
  );
  await tell(
    'refund r1 ana b5 5',
    'back r1 b5',
    'reserve e1 eva A 1',
    'checkout b7 eva e1',
    'fail k3 b7',
  );
  await tell('checkout b8 eva e1', 'cancel x3 eva b8');
  await show.wait(25 * 60 * minute);
  await tell('lot C 2', 'reserve h6 dora C 1');
}
