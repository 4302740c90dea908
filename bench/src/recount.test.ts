import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newEvent } from '../../test/contract/rows.ts';
import { FaultyJournal } from '../../test/setup/faulty-journal.ts';
import { GoldenShow } from '../../test/setup/golden-show.ts';
import { minute } from '../../test/setup/story.ts';
import { recountIn } from './recount.ts';

describe('A recount', () => {
  let journal: FaultyJournal;
  let show: GoldenShow;

  beforeEach(async () => {
    journal = new FaultyJournal();
    show = new GoldenShow('show', journal);
    for (const row of ['create c 6', 'lot A 5', 'open o', 'reserve h1 ana A 2']) {
      await show.tell(row);
    }
  });
  afterEach(() => show.close());

  it('counts what is taken and what became of each hold', async () => {
    await show.wait(10 * minute);
    const rows = [
      'reserve h2 bia A 3',
      'checkout o2 bia h2',
      'pay k o2 30000',
      'reserve h3 caio A 1',
    ];
    for (const row of rows) await show.tell(row);
    const { lots, holds, violations } = await recountIn(journal, show.event);
    expect([...lots.values()]).toEqual([{ quantity: 5, taken: 4 }]);
    expect([...holds.values()].map(({ status }) => status)).toEqual(['expired', 'paid', 'held']);
    expect(violations).toEqual([]);
  });

  it('knows the last fact that everybody can see', async () => {
    for (const row of ['extend x ana h1', 'checkout o1 ana h1', 'pay k o1 20000', 'sign o1']) {
      await show.tell(row);
    }
    const { position, visiblePosition } = await recountIn(journal, show.event);
    expect([position, visiblePosition]).toEqual([10, 5]);
  });

  it('says what is wrong, in sentences', async () => {
    journal.corrupt(show.event);
    const { violations } = await recountIn(journal, show.event);
    expect(violations).toContain('Fact 1: a row does not continue the chain of hashes.');
  });

  it('of a show that is not there is empty', async () => {
    const { position, holds, violations } = await recountIn(journal, newEvent());
    expect([position, holds.size, violations]).toEqual([0, 0, []]);
  });
});
