import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CommandId, type EventId, uuid7 } from '@ingressou/protocol';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { ExportKind } from '../../src/ports/exports.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { DatabaseExportRows } from '../../src/store/export-rows.ts';
import { DatabaseExports } from '../../src/store/exports.ts';
import { migrate } from '../../src/store/migrate.ts';
import { FolderObjects } from '../../src/store/objects/folder-objects.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { exportJob } from '../../src/workers/exports/lost-exports.ts';
import { exportFile } from '../../src/workers/handlers/export-file.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { soldStory, storyPages } from '../setup/sold-story.ts';
import { ReadModelsStage } from './read-models-stage.ts';

describeExports('on PGlite', openPglite);
const url = inject('postgresUrl');
if (url === undefined) skipBecause('exports on pg', inject('postgresMissing') ?? 'no PostgreSQL');
else describeExports('on pg', async () => openPg(url));

function describeExports(name: string, openDatabase: () => Promise<OpenDatabase>): void {
  describe(`exports ${name}`, () => {
    let open: OpenDatabase;
    let event: EventId;
    let exports: DatabaseExports;
    let directory: string;
    let objects: FolderObjects;

    beforeEach(async () => {
      open = await openDatabase();
      await migrate(open.database, 'migrations');
      const stage = await ReadModelsStage.open(open);
      event = await stage.newShow();
      await stage.project(await stage.place(event), storyPages(soldStory(), event));
      exports = new DatabaseExports(open.database);
      directory = await mkdtemp(path.join(tmpdir(), 'ingressou-exports-'));
      objects = new FolderObjects({ directory });
    });

    afterEach(async () => {
      await open.close();
      await rm(directory, { recursive: true, force: true });
    });

    const written = async (kind: ExportKind): Promise<string[]> => {
      const id = newId();
      await exports.ask(id, event, kind);
      const rows = new DatabaseExportRows(open.database);
      await exportFile({ exports, rows, objects }, { ...exportJob({ id, event }), attempt: 1 });
      const done = (await exports.find(id))!;
      expect(done.status).toBe('done');
      const file = (await objects.get(done.objectKey!))!;
      expect(file.type).toBe('text/csv; charset=utf-8');
      return Buffer.from(file.bytes).toString('utf8').replace('\uFEFF', '').trimEnd().split('\r\n');
    };

    it('lists every order with its money', async () => {
      const [header = '', ...lines] = await written('sales');
      expect(header.split(';').slice(0, 3)).toEqual(['Pedido', 'Situação', 'Pagamento']);
      const statuses = lines.map((line) => line.split(';')[1]);
      expect(statuses.toSorted()).toEqual(
        [
          ...['Pago', 'Pago', 'Pago', 'Devolvido', 'Devolvido'],
          ...['Pagamento recusado', 'Pagamento recusado', 'Cancelado', 'Vencido'],
        ].toSorted(),
      );
    });

    it('lists every ticket, those that are void too', async () => {
      const [, ...lines] = await written('tickets');
      expect(lines).toHaveLength(7);
      const voids = lines.filter((line) => line.split(';')[6] === 'Anulado');
      expect(voids.map((line) => line.split(';')[0])).toEqual(['1', '3', '6', '7']);
    });

    it('lists check-ins, of which there are none, and reports half-price tickets', async () => {
      expect(await written('check_ins')).toHaveLength(1);
      const report = await written('half_price');
      expect(report).toContain('Ingressos à venda ao público;10');
    });

    it('says how far it is, and writes a file once', async () => {
      const id = newId();
      expect(await exports.ask(id, event, 'tickets')).toBe('asked');
      expect(await exports.ask(id, event, 'tickets')).toBe('known');
      expect(await exports.ask(id, event, 'sales')).toBe('taken');
      await exports.progress(id, 3, 7);
      expect(await exports.find(id)).toMatchObject({
        status: 'running',
        rowsDone: 3,
        rowsTotal: 7,
      });
      await exports.finish(id, { objectKey: 'exports/x.csv' });
      await exports.finish(id, 'failed');
      await exports.progress(id, 1, 1);
      expect(await exports.find(id)).toMatchObject({
        status: 'done',
        objectKey: 'exports/x.csv',
        rowsDone: 3,
      });
    });

    it('finds those whose job is lost, each once', async () => {
      const id = newId();
      await exports.ask(id, event, 'sales');
      const mine = async (before: number) =>
        (await exports.stale(before, 1_000)).filter((each) => each.id === id);
      expect(await mine(Date.now() - 60_000)).toHaveLength(0);
      expect(await mine(Date.now() + 60_000)).toHaveLength(1);
      expect(await exports.find(newId())).toBeUndefined();
    });
  });
}

function newId(): string {
  return uuid7<CommandId>(Date.now(), randomBytes(16));
}
