import { randomBytes } from 'node:crypto';
import { type CommandId, type EventId, type NodeId, uuid7 } from '@ingressou/protocol';
import { expect, it } from 'vitest';
import { FaultyJournal } from '../../test/setup/faulty-journal.ts';
import { KeptSnapshots } from '../../test/setup/kept-snapshots.ts';
import { silentTelemetry as telemetry } from '../../test/setup/silent-telemetry.ts';
import { SteppedClock } from '../../test/setup/stepped-clock.ts';
import { ToldTenure } from '../../test/setup/told-tenure.ts';
import type { Snapshot } from '../ports/snapshots.ts';
import { Directory } from './directory.ts';

/** A store that takes 10 ms for each. */
class SlowSnapshots extends KeptSnapshots {
  readonly #clock: SteppedClock;
  atOnce = 0;
  atOnceMost = 0;

  constructor(clock: SteppedClock) {
    super();
    this.#clock = clock;
  }

  override async save(snapshot: Snapshot): Promise<void> {
    this.atOnce += 1;
    this.atOnceMost = Math.max(this.atOnceMost, this.atOnce);
    await new Promise<void>((resolve) => void this.#clock.after(10, resolve));
    this.atOnce -= 1;
    await super.save(snapshot);
  }
}

it('a node that closes saves and releases all its shows, a few at a time', async () => {
  const clock = new SteppedClock(Date.UTC(2026, 10, 23));
  const snapshots = new SlowSnapshots(clock);
  const journal = new FaultyJournal();
  const directory = new Directory({
    tenure: new ToldTenure(newId<NodeId>()),
    journal,
    snapshots,
    clock,
    telemetry,
    mailboxLettersMax: 100,
    turnLettersMax: 50,
    snapshotFacts: 1_000,
    snapshotMs: 60_000,
    idleMs: 600_000,
    onCommitted: () => {},
  });
  const shows = Array.from({ length: 30 }, () => newId<EventId>());
  for (const event of shows) {
    journal.create(event);
    const rules = { holdMs: 60_000, extendMs: 0, limit: 100 };
    const created = { type: 'create_show', id: newId<CommandId>(), ...rules } as const;
    await clock.until(directory.submit(event, created));
  }
  await clock.until(directory.close());
  const heads = await Promise.all(shows.map((event) => journal.head(event)));
  expect(heads.map((head) => head?.owner)).toEqual(shows.map(() => undefined));
  expect([...snapshots.kept.keys()].sort()).toEqual([...shows].sort());
  expect(snapshots.atOnceMost).toBeLessThanOrEqual(4);
});

function newId<T extends CommandId | EventId | NodeId>(): T {
  return uuid7<T>(Date.UTC(2026, 10, 23), randomBytes(16));
}
