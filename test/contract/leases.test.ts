import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { OwnedError } from '../../src/ports/journal.ts';
import { type Lease, LeasesUnavailableError } from '../../src/ports/leases.ts';
import { numberIn } from '../../src/store/columns.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { DatabaseJournal } from '../../src/store/journal.ts';
import { DatabaseLeases, forgetLeases } from '../../src/store/leases.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { TcpProxy } from '../setup/tcp-proxy.ts';
import { longMs } from './journal-stage.ts';
import { describeLeases, type OpenLeases } from './leases.ts';
import { newEvent, newNode } from './rows.ts';
import { journalIn, leasesIn } from './stores.ts';

describeLeases('DatabaseLeases on PGlite', async () => openLeases(await openPglite()));
describeTable('PGlite', () => openPglite());

const url = inject('postgresUrl');
if (url === undefined) skipBecause('DatabaseLeases on pg', inject('postgresMissing') ?? '');
else {
  describeLeases('DatabaseLeases on pg', () => openLeases(openPg(url)));
  describeTable('pg', async () => openPg(url));
  describeLine(url);
}

async function openLeases(open: OpenDatabase): Promise<OpenLeases> {
  await migrate(open.database, 'migrations');
  const text = 'select round(extract(epoch from clock_timestamp()) * 1000)::bigint as now';
  const now = async (): Promise<number> => {
    const [row] = await open.database.query({ name: 'clock', text }, []);
    return numberIn(row ?? {}, 'now');
  };
  return { leases: leasesIn(open), now, close: open.close };
}

function leaseOf(node = newNode()): Lease {
  return { node, name: 'a', hasActors: true, isLeaving: false };
}

/** What leases mean for shows, and what is left of them. */
function describeTable(name: string, open: () => Promise<OpenDatabase>): void {
  describe(`Leases in a database on ${name}`, () => {
    let opened: OpenDatabase;

    beforeAll(async () => {
      opened = await open();
      await migrate(opened.database, 'migrations');
    });
    afterAll(() => opened.close());

    const isThere = async ({ node }: Lease): Promise<boolean> => {
      const text = 'select node from node_lease where node = $1';
      return (await opened.database.query({ name: 'there', text }, [node])).length === 1;
    };

    it('free the shows of a process that ends its own', async () => {
      const { journal, create } = await journalIn(opened);
      const leases = leasesIn(opened);
      const [gone, next, event] = [leaseOf(), leaseOf(), newEvent()];
      for (const each of [gone, next]) await leases.renew(each, longMs);
      await create(event);
      await journal.claim(event, gone.node);
      await expect(journal.claim(event, next.node)).rejects.toThrow(OwnedError);
      await leases.end(gone.node);
      expect(await journal.locate(event)).toEqual({ owner: gone.node, epoch: 1, leftMs: 0 });
      expect(await journal.claim(event, next.node)).toMatchObject({ epoch: 2, owner: next.node });
    });

    it('are removed by the next start when they ended long ago', async () => {
      const [old, recent] = [leaseOf(), leaseOf()];
      const leases = leasesIn(opened);
      await leases.renew(old, -25 * longMs);
      await leases.renew(recent, -longMs);
      expect([await isThere(old), await isThere(recent)]).toEqual([true, true]);
      await leasesIn(opened).renew(leaseOf(), longMs);
      expect([await isThere(old), await isThere(recent)]).toEqual([false, true]);
    });
  });
}

describe('The embedded database after its process was killed', () => {
  it('lets its shows be claimed at once when its leases are forgotten', async () => {
    const opened = await openPglite();
    const { journal, create, lease } = await journalIn(opened);
    const [killed, next, event] = [newNode(), newNode(), newEvent()];
    await create(event);
    await lease(killed, longMs);
    await journal.claim(event, killed);
    await forgetLeases(opened.database);
    await lease(next, longMs);
    expect(await journal.claim(event, next)).toMatchObject({ epoch: 2, owner: next });
    await opened.close();
  });
});

/** The connection of the heartbeats, to a server somewhere else. */
function describeLine(postgresUrl: string): void {
  describe('The line of the heartbeats', () => {
    let proxy: TcpProxy;
    let open: OpenDatabase;

    beforeAll(async () => {
      proxy = new TcpProxy(postgresUrl);
      open = openPg(await proxy.open(), { node: 'a-node', journals: 1 });
      await migrate(open.database, 'migrations');
    });
    afterAll(async () => {
      await open.close();
      await proxy.close();
    });

    it('has the settings a heartbeat needs', async () => {
      const text = `select name, setting from pg_settings where name in ('application_name',
        'synchronous_commit', 'lock_timeout', 'statement_timeout')`;
      const rows = await open.leases.query({ name: 'settings', text }, []);
      expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
        application_name: 'lease:a-node',
        synchronous_commit: 'local',
        lock_timeout: '250',
        statement_timeout: '0',
      });
    });

    it.each(['cut_request', 'cut_reply', 'swallow_replies'] as const)(
      'says unavailable when it breaks (%s), and works on over a new one',
      async (fault) => {
        const leases = new DatabaseLeases(open);
        const lease = leaseOf();
        await open.leases.query({ name: 'one', text: 'select 1' }, []);
        proxy.fault = fault;
        await expect(leases.renew(lease, longMs)).rejects.toThrow(LeasesUnavailableError);
        proxy.fault = 'none';
        proxy.cut();
        // A busy machine may need a second heartbeat, which its node would send.
        await expect
          .poll(() => leases.renew(lease, longMs).then(() => 'renewed', nameOf))
          .toBe('renewed');
      },
    );

    it('says unavailable for every question while nobody answers', async () => {
      const closed = new TcpProxy(postgresUrl);
      const nowhere = openPg(await closed.open());
      await closed.close();
      const leases = new DatabaseLeases(nowhere);
      for (const asked of [leases.renew(leaseOf(), 1), leases.end(newNode()), leases.pins()]) {
        await expect(asked).rejects.toThrow(LeasesUnavailableError);
      }
      await nowhere.close();
    });

    it('does not take a server that cannot write for one that says no', async () => {
      const readOnly = new URL(postgresUrl);
      readOnly.searchParams.set('options', '-c default_transaction_read_only=on');
      const opened = openPg(readOnly.href);
      const journal = new DatabaseJournal(opened);
      const event = newEvent();
      const refused = { code: '25006' };
      const renewal = new DatabaseLeases({ leases: opened.database }).renew(leaseOf(), 1);
      await expect(renewal).rejects.toMatchObject({ name: 'LeasesUnavailableError' });
      await expect(renewal).rejects.toMatchObject({ cause: refused });
      const claim = journal.claim(event, newNode());
      await expect(claim).rejects.toMatchObject({ name: 'JournalUnavailableError' });
      await expect(claim).rejects.toMatchObject({ cause: refused });
      await opened.close();
    });
  });
}

function nameOf(error: Error): string {
  return error.name;
}
