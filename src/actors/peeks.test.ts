import type { EventId } from '@ingressou/protocol';
import { beforeEach, expect, it } from 'vitest';
import { silentTelemetry } from '../../test/setup/silent-telemetry.ts';
import { SteppedClock } from '../../test/setup/stepped-clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Snapshots } from '../ports/snapshots.ts';
import { Peeks } from './peeks.ts';

let clock: SteppedClock;
let peeks: Peeks;
/** Shows whose journal is being read, in the order in which that began. */
let reading: (readonly [EventId, end: () => void])[];

beforeEach(() => {
  clock = new SteppedClock(Date.UTC(2026, 10, 27));
  reading = [];
  const head = (event: EventId) =>
    new Promise<undefined>((resolve) => reading.push([event, () => resolve(undefined)]));
  const journal = { head } as unknown as Journal;
  const snapshots = {} as Snapshots;
  peeks = new Peeks({ journal, snapshots, clock, telemetry: silentTelemetry });
});

it('reads four sleeping shows at a time, and each once for all who ask', async () => {
  const shows = Array.from({ length: 10 }, (_, at) => `show ${at}` as EventId);
  const asked = [...shows, ...shows].map((event) => peeks.ask(event, { type: 'view' }));
  await clock.settle();
  expect(reading.map(([event]) => event)).toEqual(shows.slice(0, 4));
  // Who waits for a place for long is not read twice because of that.
  await clock.advance(5_000);
  asked.push(peeks.ask(shows[9]!, { type: 'view' }));
  for (let at = 0; at < shows.length; at += 1) {
    reading[at]?.[1]();
    await clock.settle();
  }
  expect(reading.map(([event]) => event)).toEqual(shows);
  const refused = { accepted: false, rejection: { reason: 'show_not_found' } };
  expect(await Promise.all(asked)).toEqual(asked.map(() => refused));
});

it('reads a show again when what it found is a second old', async () => {
  const event = 'show' as EventId;
  for (const waitMs of [0, 999, 1]) {
    await clock.advance(waitMs);
    void peeks.ask(event, { type: 'view' });
    await clock.settle();
    for (const [, end] of reading) end();
    await clock.settle();
  }
  expect(reading).toHaveLength(2);
});
