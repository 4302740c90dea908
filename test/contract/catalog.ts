import type { EventId, Show } from '@ingressou/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/ports/catalog.ts';
import type { Journal } from '../../src/ports/journal.ts';
import { newEvent } from './rows.ts';

export interface OpenCatalog {
  readonly catalog: Catalog;
  /** The journal whose histories the catalogue begins. */
  readonly journal: Journal;
  close(): Promise<void>;
}

/** What every Catalog promises. An adapter is done when this passes. */
export function describeCatalog(name: string, open: () => Promise<OpenCatalog>): void {
  describe(`${name} keeps the Catalog contract`, () => {
    let opened: OpenCatalog;
    let catalog: Catalog;
    let journal: Journal;

    beforeAll(async () => {
      opened = await open();
      ({ catalog, journal } = opened);
    });
    afterAll(() => opened.close());

    const showAt = (startsAt: number, id: EventId = newEvent()): Show => ({
      id,
      slug: `samba-${id}`,
      title: "Samba d'Água ✓",
      venue: 'Circo; --',
      city: 'São Luís',
      uf: 'MA',
      startsAt,
    });

    it('gives a show back as it was added, to the millisecond', async () => {
      const show = showAt(1_767_225_599_987);
      expect(await catalog.add(show)).toBe(true);
      expect(await catalog.bySlug(show.slug)).toEqual(show);
    });

    it('begins the history that its actor will own', async () => {
      const show = showAt(0);
      expect(await journal.head(show.id)).toBeUndefined();
      await catalog.add(show);
      expect(await journal.head(show.id)).toMatchObject({ epoch: 0, position: 0 });
    });

    it('changes nothing when the id or the slug is taken', async () => {
      const show = showAt(1);
      await catalog.add(show);
      expect(await catalog.add({ ...showAt(2, show.id), slug: `other-${show.id}` })).toBe(false);
      const namesake = { ...showAt(3), slug: show.slug };
      expect(await catalog.add(namesake)).toBe(false);
      expect(await catalog.bySlug(show.slug)).toEqual(show);
      expect(await catalog.bySlug(`other-${show.id}`)).toBeUndefined();
      expect(await journal.head(namesake.id)).toBeUndefined();
    });

    it('lets one of several that add the same slug at once win', async () => {
      const { slug } = showAt(4);
      const shows = Array.from({ length: 6 }, () => ({ ...showAt(4), slug }));
      const added = await Promise.all(shows.map((show) => catalog.add(show)));
      expect(added.filter(Boolean)).toHaveLength(1);
      expect(await catalog.bySlug(slug)).toEqual(shows[added.indexOf(true)]);
    });

    it('knows no slug that was not added', async () => {
      expect(await catalog.bySlug(`no-${newEvent()}`)).toBeUndefined();
    });

    it('lists the next shows, soonest first, from a time on, at most as many as asked', async () => {
      // In a far century, where no other test adds shows.
      const century = 4_000_000_000_000 + Math.trunc(performance.timeOrigin % 1e9) * 1_000;
      const [late, soon, past] = [showAt(century + 2), showAt(century), showAt(century - 1)];
      for (const show of [late, soon, past]) await catalog.add(show);
      expect(await catalog.upcoming(century, 10)).toEqual([soon, late]);
      expect(await catalog.upcoming(century - 1, 2)).toEqual([past, soon]);
      expect(await catalog.upcoming(century + 3, 10)).toEqual([]);
    });
  });
}
