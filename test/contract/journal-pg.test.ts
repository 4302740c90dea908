import type { EventId, NodeId } from '@ingressou/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  FencedError,
  type Head,
  JournalUnavailableError,
  OutcomeUnknownError,
  OwnedError,
  type Row,
} from '../../src/ports/journal.ts';
import { DatabaseJournal } from '../../src/store/journal.ts';
import { openPg } from '../../src/store/pg.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { type Fault, TcpProxy } from '../setup/tcp-proxy.ts';
import { longMs, type OpenJournal } from './journal-stage.ts';
import { historyOf, newEvent, newNode, rowBehind } from './rows.ts';
import { journalIn } from './stores.ts';

const url = inject('postgresUrl');
if (url !== undefined) describeRaces(url);
else skipBecause('DatabaseJournal under races and cuts', inject('postgresMissing') ?? '');

/** What only connections of their own can show: locks, races and replies that never come. */
function describeRaces(postgresUrl: string): void {
  describe('DatabaseJournal on PostgreSQL, under races and cuts', () => {
    let direct: OpenJournal;
    let event: EventId;
    let head: Head;
    const owner = newNode();

    beforeAll(async () => {
      direct = await journalIn(openPg(postgresUrl));
      await direct.lease(owner, longMs);
    });
    afterAll(() => direct.close());
    beforeEach(async () => {
      event = newEvent();
      await direct.create(event);
      head = (await direct.journal.claim(event, owner))!;
    });

    /** A process whose lease runs. */
    const newOwner = async (): Promise<NodeId> => {
      const node = newNode();
      await direct.lease(node, longMs);
      return node;
    };
    /** Somebody who holds the owner for dead claims the show. */
    const claimByNext = async (): Promise<Head> => {
      const { epoch } = (await direct.journal.head(event))!;
      return (await direct.journal.claim(event, await newOwner(), epoch))!;
    };

    it('agrees about what is in when an append and a claim race', async () => {
      const other = openPg(postgresUrl);
      const rival = new DatabaseJournal(other);
      const rivalNode = await newOwner();
      for (let race = 0; race < 300; race += 1) {
        await direct.lease(owner, longMs);
        const { epoch } = (await direct.journal.head(event))!;
        const before = (await direct.journal.claim(event, owner, epoch))!;
        const isExpired = race % 3 === 0;
        if (isExpired) await direct.lease(owner, 0);
        const row = rowBehind(before, before);
        const append = () => direct.journal.append(row).then(() => 'in', nameOf);
        const claim = () => rival.claim(event, rivalNode, isExpired ? undefined : before.epoch);
        const [told, claimed] =
          race % 2 === 0
            ? await Promise.all([append(), claim()])
            : await Promise.all([claim(), append()]).then(([a, b]) => [b, a] as const);
        const isIn = claimed?.position === row.last;
        expect(told).toBe(isIn ? 'in' : 'FencedError');
        expect(claimed?.hash).toEqual(isIn ? row.hash : before.hash);
      }
      await direct.lease(owner, longMs);
      await other.close();
    });

    it('leaves one unbroken history when two owners fight for a show', async () => {
      const other = openPg(postgresUrl);
      const told = await Promise.all([
        fight(direct.journal, event, await newOwner()),
        fight(new DatabaseJournal(other), event, await newOwner()),
      ]);
      const rows = await historyOf(direct.journal, event);
      expect(rows.map(({ last }) => last)).toEqual(rows.map((_, index) => index + 1));
      const acknowledged = told.flat().map(hexOf).sort();
      expect(rows.map(hexOf).sort()).toEqual(acknowledged);
      await other.close();
    });

    describe('through a line that breaks', () => {
      let proxy: TcpProxy;
      let far: DatabaseJournal;
      let close: () => Promise<void>;

      beforeAll(async () => {
        proxy = new TcpProxy(postgresUrl);
        const open = openPg(await proxy.open(), { journals: 1 });
        far = new DatabaseJournal(open);
        close = open.close;
      });
      afterAll(async () => {
        await close();
        await proxy.close();
      });

      /** Sends one row while the line breaks, over a connection that has worked before. */
      const appendUnder = async (fault: Fault): Promise<Row> => {
        head = (await far.claim(event, owner))!;
        const row = rowBehind(head, head, { last: 2 });
        proxy.fault = fault;
        await expect(far.append(row)).rejects.toThrow(OutcomeUnknownError);
        proxy.fault = 'none';
        return row;
      };

      it('finds the row committed when only the reply was lost', async () => {
        const row = await appendUnder('cut_reply');
        expect(await far.outcome(row)).toBe('committed');
        expect(await historyOf(far, event)).toEqual([row]);
        await far.append(rowBehind(row, head));
      });

      it('finds the row absent when the request was lost, and keeps it when sent again', async () => {
        const row = await appendUnder('cut_request');
        expect(await far.outcome(row)).toBe('absent');
        await far.append(row);
        expect(await historyOf(far, event)).toEqual([row]);
      });

      it('finds the row fenced when somebody claimed the show meanwhile', async () => {
        const row = await appendUnder('cut_request');
        await claimByNext();
        expect(await far.outcome(row)).toBe('fenced');
        await expect(far.append(row)).rejects.toThrow(FencedError);
        expect(await historyOf(far, event)).toEqual([]);
      });

      it('finds the row committed although somebody claimed the show and wrote on', async () => {
        const row = await appendUnder('cut_reply');
        const next = await claimByNext();
        await direct.journal.append(rowBehind(next, next));
        expect(await far.outcome(row)).toBe('committed');
      });

      it('gives up when no reply comes, and works on over a new connection', async () => {
        const row = await appendUnder('swallow_replies');
        expect(await far.outcome(row)).toBe('committed');
      });

      it('says unavailable while nothing answers, and recovers', async () => {
        const row = await appendUnder('cut_request');
        proxy.fault = 'swallow_replies';
        await expect(far.outcome(row)).rejects.toThrow(JournalUnavailableError);
        proxy.fault = 'none';
        proxy.cut();
        expect(await far.outcome(row)).toBe('absent');
      });
    });

    it('does not know a row to be absent while the server may still be writing it', async () => {
      const other = openPg(postgresUrl);
      const row = rowBehind(head, head);
      // Somebody holds the head, as an append does that waits for its standby.
      const failure = await other.database.transaction(async (session) => {
        const text = `select 1 from event_head where event_id = $1 for update`;
        await session.query({ name: 'hold', text }, [event]);
        return direct.journal.outcome(row).catch((error: unknown) => error);
      });
      expect(failure).toBeInstanceOf(JournalUnavailableError);
      expect(await direct.journal.outcome(row)).toBe('absent');
      await other.close();
    });

    it('tells an append that cannot get the lock that its outcome is unknown', async () => {
      const other = openPg(postgresUrl);
      const row = rowBehind(head, head);
      await other.database.transaction(async (session) => {
        const text = `select 1 from event_head where event_id = $1 for update`;
        await session.query({ name: 'hold', text }, [event]);
        await expect(direct.journal.append(row)).rejects.toThrow(OutcomeUnknownError);
        await expect(direct.journal.claim(event, owner)).rejects.toThrow(JournalUnavailableError);
      });
      await direct.journal.append(row);
      await other.close();
    });
  });
}

/** Claims and appends in turns, and returns the rows it was told are in. */
async function fight(journal: OpenJournal['journal'], event: EventId, me: NodeId): Promise<Row[]> {
  const kept: Row[] = [];
  for (let turn = 0; turn < 40; turn += 1) {
    const head = await conquer(journal, event, me);
    let row = rowBehind(head, head);
    try {
      for (let count = 0; count < 3; count += 1) {
        await journal.append(row);
        kept.push(row);
        row = rowBehind(row, head);
      }
    } catch (error) {
      // The other one claimed: claim back. Nothing else may happen here.
      expect(error).toBeInstanceOf(FencedError);
    }
  }
  return kept;
}

/** Claims from an owner that it holds for dead, until nobody was faster. */
async function conquer(journal: OpenJournal['journal'], event: EventId, me: NodeId): Promise<Head> {
  for (;;) {
    const { epoch } = (await journal.head(event))!;
    try {
      return (await journal.claim(event, me, epoch))!;
    } catch (error) {
      expect(error).toBeInstanceOf(OwnedError);
    }
  }
}

function nameOf(error: Error): string {
  return error.name;
}

function hexOf({ hash }: Row): string {
  return Buffer.from(hash).toString('hex');
}
