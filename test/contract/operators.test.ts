import { type EventId, type NodeId, pack } from '@ingressou/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { flawOf } from '../../scripts/history-flaw.ts';
import { hashRow } from '../../src/actors/chain.ts';
import { FencedError, type Head, type Row, SealedError } from '../../src/ports/journal.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { listNodes } from '../../src/store/node-list.ts';
import {
  findShow,
  listPins,
  pin,
  raiseGeneration,
  unpin,
  unseal,
} from '../../src/store/operators.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { longMs, type OpenJournal } from './journal-stage.ts';
import { newEvent, newNode, rowBehind } from './rows.ts';
import { journalIn, leasesIn } from './stores.ts';

describeOperators('PGlite', () => openPglite());
const url = inject('postgresUrl');
if (url !== undefined) describeOperators('pg', async () => openPg(url));
else skipBecause('operators on pg', inject('postgresMissing') ?? 'no PostgreSQL');

function describeOperators(name: string, open: () => Promise<OpenDatabase>): void {
  describe(`Operators on ${name}`, () => {
    let opened: OpenDatabase;
    let store: OpenJournal;
    let event: EventId;
    let owner: NodeId;
    let head: Head;

    beforeAll(async () => {
      opened = await open();
      store = await journalIn(opened);
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      event = newEvent();
      owner = newNode();
      await store.create(event);
      await store.lease(owner, longMs);
      head = (await store.journal.claim(event, owner))!;
    });

    /** The first row of a history, as its owner writes it. */
    const firstRow = (): Row => {
      const facts = pack([{ type: 'owned', owner, epoch: head.epoch }]);
      const row = rowBehind(head, head, { facts });
      return { ...row, hash: new Uint8Array(hashRow(head.hash, row)) };
    };

    it('find a show by its id and by its slug', async () => {
      const show = { event, slug: `show-${event}` };
      expect(await findShow(opened.database, event)).toEqual(show);
      expect(await findShow(opened.database, show.slug)).toEqual(show);
      expect(await findShow(opened.database, 'no-such-show')).toBeUndefined();
    });

    it('open a sealed show for whoever reads it anew', async () => {
      const row = firstRow();
      await store.journal.append(row);
      await store.journal.seal(event);
      await expect(store.journal.claim(event, owner)).rejects.toThrow(SealedError);
      expect(await unseal(opened.database, event)).toBe(true);
      await expect(store.journal.append(rowBehind(row, head))).rejects.toThrow(FencedError);
      const next = await store.journal.claim(event, owner);
      expect(next).toMatchObject({ position: 1, hash: row.hash, isSealed: false });
    });

    it('do nothing to a show that is not sealed', async () => {
      expect(await unseal(opened.database, event)).toBe(false);
      await store.journal.append(firstRow());
    });

    it('are told whether a history adds up, and where it does not', async () => {
      expect(await flawOf(store.journal, event)).toBeUndefined();
      await store.journal.append(firstRow());
      expect(await flawOf(store.journal, event)).toBeUndefined();
      const text = 'update journal set at = at + 1 where event_id = $1';
      await opened.database.query({ name: 'forge', text }, [event]);
      expect(await flawOf(store.journal, event)).toContain('row 1 is as it was written');
    });

    it('raise the generation of a show, which shuts its owner out', async () => {
      const other = newEvent();
      await store.create(other);
      expect(await raiseGeneration(opened.database, event)).toBe(1);
      expect(await store.journal.head(event)).toMatchObject({
        generation: 2,
        epoch: head.epoch + 1,
        owner: undefined,
      });
      await expect(store.journal.append(firstRow())).rejects.toThrow(FencedError);
      expect(await store.journal.head(other)).toMatchObject({ generation: 1, epoch: 0 });
      expect(await raiseGeneration(opened.database, newEvent())).toBe(0);
    });

    it('pin a show to a node, which every node can see', async () => {
      const pins = async () => {
        const all = await leasesIn(opened).pins();
        return all.filter((each) => each.event === event);
      };
      expect(await pins()).toEqual([]);
      await pin(opened.database, { event, name: 'a', isAlone: false });
      await pin(opened.database, { event, name: 'b', isAlone: true });
      expect(await pins()).toEqual([{ event, name: 'b', isAlone: true }]);
      const named = { event, slug: `show-${event}`, name: 'b', isAlone: true };
      expect(await listPins(opened.database)).toContainEqual(named);
      expect(await unpin(opened.database, event)).toBe(true);
      expect(await unpin(opened.database, event)).toBe(false);
      expect(await pins()).toEqual([]);
    });

    it('see every process of the last minute and how many shows it owns', async () => {
      const leases = leasesIn(opened);
      const lease = (node: NodeId, name: string, ms: number) =>
        leases.renew({ node, name: `${name} ${owner}`, hasActors: true, isLeaving: false }, ms);
      await lease(owner, 'a', longMs);
      await lease(newNode(), 'b', 0);
      await store.journal.claim(event, owner);
      const nodes = (await listNodes(opened.database)).filter(({ name }) => name.endsWith(owner));
      const seen = nodes.map(({ name, shows, leftMs }) => [name[0], shows, leftMs > 0]);
      expect(seen).toEqual([
        ['a', 1, true],
        ['b', 0, false],
      ]);
    });
  });
}

describe('Raising every generation', () => {
  it('raises all of them', async () => {
    const opened = await openPglite();
    const { journal, create } = await journalIn(opened);
    const events = [newEvent(), newEvent()];
    for (const event of events) await create(event);
    expect(await raiseGeneration(opened.database, null)).toBe(2);
    for (const event of events) expect(await journal.head(event)).toMatchObject({ generation: 2 });
    await opened.close();
  });
});
