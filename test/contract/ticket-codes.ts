import type { EventId } from '@ingressou/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TicketCode, TicketCodes } from '../../src/ports/ticket-codes.ts';
import type { SigningKeys, TicketKeys } from '../../src/ports/ticket-keys.ts';
import { newEvent } from './rows.ts';

export interface OpenTicketCodes {
  readonly codes: TicketCodes;
  /** Those whose keys sign. */
  readonly keys: TicketKeys;
  readonly signing: SigningKeys;
  create(event: EventId): Promise<void>;
  close(): Promise<void>;
}

/** What all TicketCodes promise. An adapter is done when this passes. */
export function describeTicketCodes(name: string, open: () => Promise<OpenTicketCodes>): void {
  describe(`${name} keep the TicketCodes contract`, () => {
    let opened: OpenTicketCodes;
    let codes: TicketCodes;
    let event: EventId;

    beforeAll(async () => {
      opened = await open();
      codes = opened.codes;
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      event = newEvent();
      await opened.create(event);
      await opened.signing.current(event);
    });

    const codeOf = (serial: number, changes: Partial<TicketCode> = {}): TicketCode => ({
      serial,
      revision: 0,
      keyId: 1,
      code: `V50 $%*+-./: ${serial}`,
      ...changes,
    });

    it('give codes back as they were saved, ordered by serial', async () => {
      const saved = [codeOf(4_000_000_000), codeOf(0), codeOf(7)];
      const [large, zero, seven] = saved;
      expect(await codes.save(event, saved)).toEqual([zero, seven, large]);
      expect(await codes.read(event, [seven!, zero!])).toEqual([zero, seven]);
    });

    it('know nothing of tickets that nobody signed', async () => {
      await codes.save(event, [codeOf(1)]);
      const wanted = [codeOf(1), codeOf(2), codeOf(1, { revision: 1 })];
      expect(await codes.read(event, wanted)).toEqual([codeOf(1)]);
      expect(await codes.read(event, [])).toEqual([]);
      expect(await codes.save(event, [])).toEqual([]);
      const other = newEvent();
      expect(await codes.read(other, wanted)).toEqual([]);
    });

    it('keep the first code of a ticket, whoever comes with another', async () => {
      const first = [codeOf(1), codeOf(2)];
      await codes.save(event, first);
      const again = [codeOf(1, { code: 'other' }), codeOf(3)];
      expect(await codes.save(event, again)).toEqual([first[0], codeOf(3)]);
      expect(await codes.read(event, first)).toEqual(first);
    });

    it('tell two that sign the same tickets at once the same codes', async () => {
      const serials = Array.from({ length: 40 }, (_, serial) => serial);
      const signedBy = (who: string) => serials.map((serial) => codeOf(serial, { code: who }));
      const told = await Promise.all([
        codes.save(event, signedBy('a')),
        codes.save(event, signedBy('b').reverse()),
        codes.save(event, signedBy('c')),
      ]);
      expect(told[1]).toEqual(told[0]);
      expect(told[2]).toEqual(told[0]);
      expect(told[0]).toHaveLength(40);
    });

    it('keep every revision of a ticket', async () => {
      const issues = [0, 1, 2].map((revision) => codeOf(5, { revision, code: `r${revision}` }));
      for (const issue of issues) await codes.save(event, [issue]);
      expect(await codes.read(event, issues)).toEqual(issues);
    });

    it('forget what a revoked key has signed, and take a new code for it', async () => {
      await codes.save(event, [codeOf(1), codeOf(2)]);
      await opened.keys.revoke(event, 1);
      const { keyId } = await opened.signing.current(event);
      expect(await codes.read(event, [codeOf(1), codeOf(2)])).toEqual([]);
      const renewed = codeOf(1, { keyId, code: 'renewed' });
      expect(await codes.save(event, [renewed])).toEqual([renewed]);
      expect(await codes.save(event, [{ ...renewed, code: 'once more' }])).toEqual([renewed]);
      expect(await codes.read(event, [codeOf(1), codeOf(2)])).toEqual([renewed]);
    });

    it('give those of a show by the page, in the order of tickets, without those of a revoked key', async () => {
      const other = newEvent();
      await opened.create(other);
      await opened.signing.current(other);
      await codes.save(other, [codeOf(2)]);
      const [one, again, two, three] = [
        codeOf(1),
        codeOf(1, { revision: 1 }),
        codeOf(2),
        codeOf(3),
      ];
      await codes.save(event, [two, one, again, three]);
      expect(await codes.after(event, { serial: 0, revision: 0 }, 2)).toEqual([one, again]);
      expect(await codes.after(event, again, 10)).toEqual([two, three]);
      expect(await codes.after(event, three, 10)).toEqual([]);
      await opened.keys.revoke(event, 1);
      expect(await codes.after(event, { serial: 0, revision: 0 }, 10)).toEqual([]);
    });

    it('keep none of them when one is of a key that there is not', async () => {
      const save = codes.save(event, [codeOf(1), codeOf(2, { keyId: 9 })]);
      await expect(save).rejects.toThrow('cannot be reached');
      expect(await codes.read(event, [codeOf(1), codeOf(2)])).toEqual([]);
    });
  });
}
