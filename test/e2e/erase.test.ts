import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { grant, type Wish } from '../../scripts/erase/grant.ts';
import type { Person } from '../../scripts/erase/person.ts';
import { openPlaces } from '../../scripts/erase/places.ts';
import { freePort } from '../../scripts/free-port.ts';
import { startNode } from '../../src/node.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { openNode, type TestNode } from '../setup/node.ts';
import { buyCodes, buyer } from '../setup/sold-tickets.ts';

// A buyer who is erased from the data of a node that sold them tickets: afterwards no file of the
// whole node names them, what was sold adds up, and the tickets' codes are what they were.

const patience = { timeout: 30_000 };
const lots = [{ quantity: 10 }];

describe('the tool that erases a buyer', { timeout: 120_000 }, () => {
  let house: TestNode;
  let open: OpenDatabase;
  let codes: readonly string[];

  beforeAll(async () => {
    const provider = { type: 'simulator', port: await freePort(), payAfterMs: 100 } as const;
    house = await openNode({ databaseUrl: undefined, provider });
    const show = await house.createShow({ lots });
    codes = await buyCodes(house, show, 2);
    await vi.waitFor(async () => expect(await letters()).toEqual(['mail', 'whatsapp']), patience);
    await house.node.stop();
    open = await openPglite(path.join(house.config.dataDirectory, 'pglite'));
  });
  afterAll(async () => {
    await open.close();
    await rm(house.config.dataDirectory, { recursive: true });
  });

  it('shows what there is and changes nothing until somebody is sure', async () => {
    const before = await filesThatName(buyer.name);
    expect(before.length).toBeGreaterThan(0);
    const { isFine, people, text } = await ask({ isSure: false });
    expect(isFine).toBe(true);
    expect(people).toMatchObject([
      { named: { details: 1, files: 1, deliveries: 2, letters: 2 }, records: { tickets: 2 } },
    ]);
    const plain = await ask({ isSure: false, isJson: false });
    expect(plain.text).toMatch(/PDFs of tickets +1 +LGPD art\. 18, VI/);
    for (const said of [text, plain.text]) expect(said).not.toMatch(/ana|souza|5299|99999/i);
    expect((await ask({ isSure: false })).people).toEqual(people);
    expect(await filesThatName(buyer.name)).toEqual(before);
  });

  it('finds nobody by an address that nobody gave', async () => {
    const { isFine, text } = await ask({ who: 'outra@example.com', isJson: false });
    expect([isFine, text]).toEqual([true, 'Nobody gave this address: there is nothing to erase.']);
  });

  it('erases nobody whose show is still to come, unless that is said', async () => {
    const { isFine, text, people } = await ask({});
    expect(isFine).toBe(false);
    expect(text).toContain('2 tickets for shows to come');
    expect((await ask({ isSure: false })).people).toEqual(people);
  });

  it('erases whatever names them, and again finds nothing', async () => {
    const [{ subject, records }] = (await ask({ isSure: false })).people as [Person];
    const { isFine, people } = await ask({ isLiving: true });
    const all = { details: 1, files: 1, deliveries: 2, letters: 2 };
    expect([isFine, people]).toMatchObject([true, [{ subject, erased: all }]]);
    for (const secret of [buyer.name, buyer.email, '52998224725', '5561999999999']) {
      expect(await filesThatName(secret)).toEqual([]);
    }
    expect(await readdir(path.join(house.config.dataDirectory, 'objects'))).toEqual([]);
    const again = await ask({ who: [subject] });
    const none = { details: 0, files: 0, deliveries: 0, letters: 0 };
    expect(again).toMatchObject({ isFine: true, people: [{ named: none, erased: none, records }] });
    expect((await ask({ isLiving: true })).people).toEqual([]);
  });

  it('leaves the tickets good, and a node that runs', async () => {
    const kept = await open.database.query(
      { name: 'codes', text: 'select code from ticket_code' },
      [],
    );
    expect(kept.map(({ code }) => code).sort()).toEqual([...codes].sort());
    await open.close();
    const node = await startNode(house.config);
    expect((await fetch(`${node.url}/readyz`)).status).toBe(200);
    await node.stop();
    open = await openPglite(path.join(house.config.dataDirectory, 'pglite'));
  });

  interface Answer {
    readonly isFine: boolean;
    readonly people: readonly Person[];
    /** All that was said. */
    readonly text: string;
  }

  /** By the mail address, surely, as JSON, unless `changes` say otherwise. */
  async function ask(changes: Partial<Wish>): Promise<Answer> {
    const places = await openPlaces(house.config, open.database);
    const said: string[] = [];
    const say = (line: string) => said.push(line);
    const wish = { who: buyer.email, isSure: true, isLiving: false, isJson: true, ...changes };
    try {
      const isFine = await grant(places, wish, { log: say, error: say });
      const people = wish.isJson ? JSON.parse(said.at(-1) ?? '').people : [];
      return { isFine, people, text: said.join('\n') };
    } finally {
      await places.close();
    }
  }

  /** The kinds of letters that were written. */
  async function letters(): Promise<string[]> {
    const folder = path.join(house.config.dataDirectory, 'mail');
    const names = await readdir(folder).catch(() => []);
    const files = names.filter((name) => name.endsWith('.json'));
    const texts = await Promise.all(files.map((name) => readFile(path.join(folder, name), 'utf8')));
    return texts.map((text) => JSON.parse(text).kind).sort();
  }

  /** Every file of the node that has this text in it as it is, but the simulated provider's own. */
  async function filesThatName(secret: string): Promise<string[]> {
    const root = house.config.dataDirectory;
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const files = entries.filter((each) => each.isFile() && each.name !== 'simulator.jsonl');
    const found: string[] = [];
    for (const { parentPath, name } of files) {
      const bytes = await readFile(path.join(parentPath, name));
      if (bytes.includes(secret)) found.push(name);
    }
    return found.sort();
  }
});
