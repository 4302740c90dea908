import { pack } from '@ingressou/protocol';
import { describe, expect, it } from 'vitest';
import { linesOf } from '../../scripts/journal.ts';
import { MemoryJournal } from '../../src/store/memory-journal.ts';
import { newEvent, newNode, rowBehind } from './rows.ts';

describe('The journal as text', () => {
  it('has a line for each fact, with its number and the time of its turn', async () => {
    const journal = new MemoryJournal();
    const event = newEvent();
    const owner = newNode();
    journal.create(event);
    const head = (await journal.claim(event, owner))!;
    const owned = { type: 'owned', owner, epoch: 1 };
    const opened = { type: 'sale_opened' };
    const first = rowBehind(head, head, { facts: pack([owned]), at: 0 });
    const second = rowBehind(first, head, { facts: pack([opened, opened]), last: 3, at: 1_500 });
    for (const row of [first, second]) await journal.append(row);

    expect(await linesIn(journal, event)).toEqual([
      `1\t1970-01-01T00:00:00.000Z\t{"type":"owned","owner":"${owner}","epoch":1}\n`,
      '2\t1970-01-01T00:00:01.500Z\t{"type":"sale_opened"}\n',
      '3\t1970-01-01T00:00:01.500Z\t{"type":"sale_opened"}\n',
    ]);
  });

  it('says so when there is no such show', async () => {
    await expect(linesIn(new MemoryJournal(), newEvent())).rejects.toThrow('There is no show');
  });
});

async function linesIn(...[journal, event]: Parameters<typeof linesOf>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(journal, event)) lines.push(line);
  return lines;
}
