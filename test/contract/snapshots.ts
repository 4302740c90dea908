import { beforeEach, describe, expect, it } from 'vitest';
import type { Snapshot, Snapshots } from '../../src/ports/snapshots.ts';
import { newEvent } from './rows.ts';

/** A snapshot of a new show, at a position. */
export function snapshotAt(position: number, event = newEvent()): Snapshot {
  const body = Uint8Array.from({ length: 1_000 }, (_, index) => (index * position) % 256);
  const hash = new Uint8Array(32).fill(position % 256);
  return {
    event,
    generation: 1,
    position,
    hash,
    at: 1_700_000_000_000 + position,
    schema: 3,
    body,
  };
}

/** What every Snapshots promises. An adapter is done when this passes. */
export function describeSnapshots(name: string, open: () => Promise<Snapshots>): void {
  describe(`${name} keeps the Snapshots contract`, () => {
    let snapshots: Snapshots;
    beforeEach(async () => {
      snapshots = await open();
    });

    it('gives back what was saved', async () => {
      const snapshot = snapshotAt(7);
      await snapshots.save(snapshot);
      expect(await snapshots.load(snapshot.event)).toEqual(snapshot);
    });

    it('keeps the newest of a show, and shows apart', async () => {
      const [old, other] = [snapshotAt(1), snapshotAt(2)];
      const young = snapshotAt(9, old.event);
      for (const snapshot of [old, other, young]) await snapshots.save(snapshot);
      expect(await snapshots.load(old.event)).toEqual(young);
      expect(await snapshots.load(other.event)).toEqual(other);
    });

    it('knows none of a show that never saved one', async () => {
      expect(await snapshots.load(newEvent())).toBeUndefined();
    });

    it('keeps a whole one when several are saved at once', async () => {
      const { event } = snapshotAt(0);
      const all = [1, 2, 3, 4, 5].map((position) => snapshotAt(position, event));
      await Promise.all(all.map((snapshot) => snapshots.save(snapshot)));
      expect(all).toContainEqual(await snapshots.load(event));
    });

    it('keeps empty and large bodies', async () => {
      for (const body of [new Uint8Array(), new Uint8Array(20_000_000).fill(5)]) {
        const snapshot = { ...snapshotAt(1), body };
        await snapshots.save(snapshot);
        expect((await snapshots.load(snapshot.event))?.body.length).toBe(body.length);
      }
    });
  });
}
