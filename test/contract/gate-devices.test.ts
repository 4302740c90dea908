import type { DeviceId } from '@ingressou/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { GateDevice } from '../../src/ports/gate-devices.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { DatabaseGateDevices } from '../../src/store/gate-devices.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { newEvent } from './rows.ts';
import { journalIn } from './stores.ts';

describeGateDevices('PGlite', () => openPglite());
const url = inject('postgresUrl');
if (url === undefined) skipBecause('DatabaseGateDevices on pg', inject('postgresMissing') ?? '');
else describeGateDevices('pg', async () => openPg(url));

function describeGateDevices(name: string, open: () => Promise<OpenDatabase>): void {
  describe(`DatabaseGateDevices on ${name} keep the contract of GateDevices`, () => {
    let opened: OpenDatabase;
    let devices: DatabaseGateDevices;
    let scanner: GateDevice;
    const code = () => `CODE-${scanner.device}`;

    beforeAll(async () => {
      opened = await open();
      await journalIn(opened);
      devices = new DatabaseGateDevices(opened.database);
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      const event = await newShow();
      scanner = { event, device: newDevice(), name: 'Portão A', gate: 1 };
    });

    const newShow = async () => {
      const event = newEvent();
      const { create } = await journalIn(opened);
      await create(event);
      return event;
    };
    const newDevice = () => newEvent() as string as DeviceId;

    it('give a device for its code once, however many ask', async () => {
      expect(await devices.invite(scanner, code(), 1_000)).toBe(true);
      const taken = await Promise.all([1, 2, 3].map(() => devices.take(code(), 999)));
      expect(taken.filter((each) => each !== undefined)).toEqual([scanner]);
    });

    it('give nothing for a code that is over, or that nobody made', async () => {
      await devices.invite(scanner, code(), 1_000);
      expect(await devices.take(code(), 1_000)).toBeUndefined();
      expect(await devices.take('another', 0)).toBeUndefined();
    });

    it('put a new code in the place of the old one, and a device at another gate', async () => {
      await devices.invite(scanner, 'old', 1_000);
      const moved = { ...scanner, name: 'Portão B', gate: 2 };
      expect(await devices.invite(moved, code(), 1_000)).toBe(true);
      expect(await devices.take('old', 0)).toBeUndefined();
      expect(await devices.take(code(), 0)).toEqual(moved);
    });

    it('keep a device for the show it is of', async () => {
      await devices.invite(scanner, code(), 1_000);
      const event = await newShow();
      expect(await devices.invite({ ...scanner, event }, 'other', 1_000)).toBe(false);
      expect(await devices.list(event)).toEqual([]);
      expect(await devices.list(scanner.event)).toEqual([scanner]);
    });

    it('keep no code that anybody could use', async () => {
      await devices.invite(scanner, code(), 1_000);
      const text =
        'select row_to_json(gate_device)::text as row from gate_device where device = $1';
      const [row] = await opened.database.query({ name: 'row', text }, [scanner.device]);
      expect(String(row?.row)).not.toContain(code());
    });
  });
}
