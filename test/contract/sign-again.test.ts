import { randomUUID } from 'node:crypto';
import type { EventId } from '@ingressou/protocol';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { signAgain } from '../../scripts/keys/sign-again.ts';
import type { Job } from '../../src/ports/jobs.ts';
import { DataKey } from '../../src/store/data-keys.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { DatabaseSigningKeys } from '../../src/store/signing-keys.ts';
import { DatabaseTicketCodes } from '../../src/store/ticket-codes.ts';
import { DatabaseTicketKeys } from '../../src/store/ticket-keys.ts';
import { newKeyPair } from '../../src/workers/tickets/node-ed25519.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { storyPages, told } from '../setup/sold-story.ts';
import { ReadModelsStage } from './read-models-stage.ts';

describeSignAgain('PGlite', () => openPglite());
const url = inject('postgresUrl');
if (url !== undefined) describeSignAgain('pg', async () => openPg(url));
else skipBecause('signAgain on pg', inject('postgresMissing') ?? 'no PostgreSQL');

function describeSignAgain(name: string, open: () => Promise<OpenDatabase>): void {
  describe(`Signing again on ${name}`, () => {
    let opened: OpenDatabase;
    let stage: ReadModelsStage;

    beforeAll(async () => {
      opened = await open();
      stage = await ReadModelsStage.open(opened);
    });
    afterAll(() => opened.close());

    const story = told([
      ...['reserve h1 ana A 2', 'checkout o1 ana h1', 'pay k1 o1'],
      ...['reserve h2 bia A 1', 'checkout o2 bia h2', 'pay k2 o2'],
      ...['reserve h3 caio A 1', 'checkout o3 caio h3', 'pay k3 o3', 'refund r3 - o3'],
    ]);
    /** Names of the orders whose tickets are to be signed. */
    const again = async (event: EventId): Promise<string[]> => {
      const jobs: Job[] = [];
      const queues = { publish: async (some: readonly Job[]) => void jobs.push(...some) };
      const count = await signAgain(opened.database, queues, event, story.now, () => {});
      expect(count).toBe(jobs.length);
      expect(new Set(jobs.map(({ id, kind }) => `${kind} ${id}`)).size).toBe(count);
      return ['o1', 'o2', 'o3'].filter((each) =>
        jobs.some(({ body }) => body.order === story.id(each)),
      );
    };

    it('is for valid tickets without a code, and for those whose key is revoked', async () => {
      const { database } = opened;
      const event = await stage.newShow();
      await stage.project(await stage.place(event), storyPages(story, event));
      expect(await again(event)).toEqual(['o1', 'o2']);
      const vault = DataKey.random();
      const signing = new DatabaseSigningKeys({ database, vault, newKeyPair });
      const { keyId } = await signing.current(event);
      const codes = new DatabaseTicketCodes(database);
      const code = (serial: number) => ({ serial, revision: 0, keyId, code: randomUUID() });
      await codes.save(event, [code(1), code(3)]);
      expect(await again(event)).toEqual(['o1']);
      await codes.save(event, [code(2)]);
      expect(await again(event)).toEqual([]);
      await new DatabaseTicketKeys(database).revoke(event, keyId);
      expect(await again(event)).toEqual(['o1', 'o2']);
    });
  });
}
