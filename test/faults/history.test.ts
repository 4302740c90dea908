import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EventId, SubjectId } from '@ingressou/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { History, readHistory, type Wish } from './history.ts';

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'ingressou-history-'));
  file = path.join(directory, 'history.jsonl');
});

afterEach(() => rm(directory, { recursive: true }));

function wish(id: string): Wish {
  return {
    id: id as Wish['id'],
    event: 'a show' as EventId,
    subject: 'somebody' as SubjectId,
    type: 'release',
    hold: 'a hold' as Wish['id'],
  };
}

describe('a history', () => {
  it('has a line on the disk when it says so', async () => {
    const history = await History.create(file);
    await history.add({ kind: 'invoked', at: 1, wish: wish('a') });
    expect(await readHistory(file)).toEqual([{ wish: wish('a'), invokedAt: 1 }]);
    await history.close();
  });

  it('keeps the order of lines, however they are gathered', async () => {
    const history = await History.create(file);
    const ids = Array.from({ length: 200 }, (_, index) => `${index}`);
    for (const [index, id] of ids.entries()) {
      const saved = history.add({ kind: 'invoked', at: index, wish: wish(id) });
      if (index % 50 === 0) await saved;
    }
    await history.close();
    expect((await readHistory(file)).map((told) => told.wish.id)).toEqual(ids);
  });

  it('joins a wish with its answer', async () => {
    const history = await History.create(file);
    void history.add({ kind: 'invoked', at: 1, wish: wish('a') });
    const outcome = { isAccepted: true } as const;
    void history.add({ kind: 'answered', at: 2, id: wish('a').id, outcome, sent: 1, heard: [] });
    await history.close();
    const [told] = await readHistory(file);
    expect(told?.answer).toEqual({ at: 2, outcome });
  });

  it('does not know what a crash has torn', async () => {
    const history = await History.create(file);
    await history.add({ kind: 'invoked', at: 1, wish: wish('a') });
    await history.add({ kind: 'invoked', at: 2, wish: wish('b') });
    await history.close();
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.slice(0, -10));
    expect((await readHistory(file)).map((told) => told.wish.id)).toEqual(['a']);
  });
});
