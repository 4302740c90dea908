import { randomBytes } from 'node:crypto';
import { type CommandId, type EventId, type NodeId, uuid7 } from '@ingressou/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { FaultyJournal } from '../../test/setup/faulty-journal.ts';
import { KeptSnapshots } from '../../test/setup/kept-snapshots.ts';
import { silentTelemetry } from '../../test/setup/silent-telemetry.ts';
import { SteppedClock } from '../../test/setup/stepped-clock.ts';
import { ToldTenure } from '../../test/setup/told-tenure.ts';
import type { Answer } from '../ports/commands.ts';
import { EventActor } from './event-actor.ts';
import { recover } from './recovery.ts';

const event = 'a-show' as EventId;
const owner = 'a-node' as NodeId;

let clock: SteppedClock;
let failures: string[];

beforeEach(() => {
  clock = new SteppedClock(Date.UTC(2026, 10, 23));
  failures = [];
});

describe('an actor whose snapshot cannot be had', () => {
  it('goes on, and says so', async () => {
    const actor = await employed({ snapshotFacts: 1 });
    await clock.settle();
    expect(failures).toEqual(['save a snapshot']);
    expect(await created(actor)).toMatchObject({ accepted: true });
  });

  it('is drained all the same', async () => {
    const actor = await employed({ snapshotFacts: 1_000 });
    await created(actor);
    expect(await clock.until(actor.drain())).toBe(true);
    expect(failures).toEqual(['save a snapshot']);
  });
});

async function employed({ snapshotFacts }: { snapshotFacts: number }): Promise<EventActor> {
  const journal = new FaultyJournal();
  journal.create(event);
  const telemetry = { ...silentTelemetry, failed: (what: string) => void failures.push(what) };
  const base = { journal, clock, telemetry };
  const recovered = await recover({ ...base, snapshots: new KeptSnapshots() }, event, owner);
  const options = {
    ...base,
    event,
    owner,
    tenure: new ToldTenure(owner),
    term: 1,
    mailboxLettersMax: 100,
    turnLettersMax: 50,
    snapshotFacts,
    snapshotMs: 60_000,
    onCommitted: () => {},
    onSnapshot: () => Promise.reject(new RangeError('Array buffer allocation failed')),
    onStopped: () => {},
  };
  return new EventActor(options, recovered!);
}

/** What becomes of a command that makes the show. */
async function created(actor: EventActor): Promise<Answer> {
  const id = uuid7<CommandId>(clock.now(), randomBytes(16));
  const rules = { holdMs: 60_000, extendMs: 0, limit: 100 };
  const answer = new Promise<Answer>((answer) => {
    actor.post({ command: { type: 'create_show', id, ...rules }, answer });
  });
  return await clock.until(answer);
}
