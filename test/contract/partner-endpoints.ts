import { randomUUID } from 'node:crypto';
import type { EventId } from '@ingressou/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NewPartnerEndpoint, PartnerEndpoints } from '../../src/ports/partners.ts';

export interface OpenPartnerEndpoints {
  readonly endpoints: PartnerEndpoints;
  /** A show that endpoints may be for. */
  newShow(): Promise<EventId>;
  close(): Promise<void>;
}

/** What all PartnerEndpoints promise. An adapter is done when this passes. */
export function describePartnerEndpoints(
  name: string,
  open: () => Promise<OpenPartnerEndpoints>,
): void {
  describe(`${name} keep the PartnerEndpoints contract`, () => {
    let opened: OpenPartnerEndpoints;
    let endpoints: PartnerEndpoints;
    let added: NewPartnerEndpoint;
    const now = 1_767_225_600_000;

    beforeAll(async () => {
      opened = await open();
      ({ endpoints } = opened);
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      const event = await opened.newShow();
      const secrets = ['whsec_new', 'whsec_old'];
      added = { id: randomUUID(), event, url: 'https://parceiro.example/hook', secrets };
      await endpoints.add(added);
    });

    it('give an endpoint back as it was added', async () => {
      expect(await endpoints.find(added.id)).toEqual({ ...added, failures: 0 });
      expect(await endpoints.list()).toContainEqual({ ...added, failures: 0 });
      expect(await endpoints.find(randomUUID())).toBeUndefined();
    });

    it('tell of a show those that are for it or for all', async () => {
      const { event: _, ...forAll } = { ...added, id: randomUUID() };
      await endpoints.add(forAll);
      expect(await endpoints.find(forAll.id)).toEqual({ ...forAll, failures: 0 });
      const told = await endpoints.tellOf(added.event);
      expect(told).toEqual(expect.arrayContaining([added.id, forAll.id]));
      expect(await endpoints.tellOf(await opened.newShow())).not.toContain(added.id);
      expect(await endpoints.tellOf(undefined)).not.toContain(added.id);
      expect(await endpoints.tellOf(undefined)).toContain(forAll.id);
      await endpoints.remove(forAll.id);
    });

    it('count failures in a row and when they began, until one succeeds', async () => {
      expect(await endpoints.noteFailure(added.id, now)).toEqual({ failures: 1, since: now });
      expect(await endpoints.noteFailure(added.id, now + 9)).toEqual({ failures: 2, since: now });
      expect(await endpoints.find(added.id)).toMatchObject({ failures: 2 });
      await endpoints.noteSuccess(added.id);
      const again = await endpoints.noteFailure(added.id, now + 10);
      expect(again).toEqual({ failures: 1, since: now + 10 });
      expect(await endpoints.noteFailure(randomUUID(), now)).toBeUndefined();
    });

    it('disable once, and enable as if nothing had failed', async () => {
      await endpoints.noteFailure(added.id, now);
      const disabled = [1, 2, 3].map(() => endpoints.disable(added.id, now));
      expect((await Promise.all(disabled)).filter(Boolean)).toHaveLength(1);
      expect(await endpoints.find(added.id)).toMatchObject({ disabledAt: now, failures: 1 });
      expect(await endpoints.tellOf(added.event)).toEqual([]);
      expect(await endpoints.enable(added.id)).toBe(true);
      expect(await endpoints.find(added.id)).toEqual({ ...added, failures: 0 });
      expect(await endpoints.enable(randomUUID())).toBe(false);
    });

    it('replace secrets, and remove what is not wanted any more', async () => {
      expect(await endpoints.setSecrets(added.id, ['whsec_x'])).toBe(true);
      expect(await endpoints.find(added.id)).toMatchObject({ secrets: ['whsec_x'] });
      expect(await endpoints.remove(added.id)).toBe(true);
      expect(await endpoints.remove(added.id)).toBe(false);
      expect(await endpoints.find(added.id)).toBeUndefined();
      expect(await endpoints.setSecrets(added.id, [])).toBe(false);
    });
  });
}
