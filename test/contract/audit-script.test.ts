import path from 'node:path';
import type { EventId } from '@ingressou/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuditedShow, auditShows } from '../../scripts/audit/audited-show.ts';
import { plainReport } from '../../scripts/audit/plain-report.ts';
import { providerSilence } from '../../scripts/audit/provider-silence.ts';
import { readConfig } from '../../src/config.ts';
import { PaymentsUnavailableError } from '../../src/ports/payments.ts';
import { FaultyJournal } from '../setup/faulty-journal.ts';
import { GoldenShow, tellGoldenStory } from '../setup/golden-show.ts';
import { newEvent } from './rows.ts';

describe('An audit whose provider is silent', () => {
  const failure = new PaymentsUnavailableError('find orders: ECONNREFUSED');
  const dataDirectory = path.resolve('var');

  it('says how a simulated one comes back, as it ended with its node', () => {
    const provider = { type: 'simulator', port: 8090, payAfterMs: 0 } as const;
    expect(String(providerSilence(failure, { provider, dataDirectory }))).toMatch(
      /ECONNREFUSED.+npm run provider -- --port 8090 --file var\/simulator\.jsonl$/,
    );
  });

  it('says where to look when it is a real one', () => {
    const keys = { PAGARME_SECRET_KEY: 's', PAGARME_PUBLIC_KEY: 'p' };
    const hooks = { PAGARME_WEBHOOK_USER: 'u', PAGARME_WEBHOOK_PASSWORD: 'w' };
    const config = readConfig({ ...keys, ...hooks });
    expect(String(providerSilence(failure, config))).toContain('Look at PAGARME_SECRET_KEY');
  });
});

describe('The audit as text', () => {
  let journal: FaultyJournal;
  let show: GoldenShow;

  beforeEach(async () => {
    journal = new FaultyJournal();
    show = new GoldenShow('one', journal);
    await tellGoldenStory(show);
  });
  afterEach(() => show.close());

  it('has a line for each show, and says that everything adds up', async () => {
    const empty = newEvent();
    journal.create(empty);
    const report = plainReport(await audited(), 500);
    expect(report.split('\n')).toEqual([
      'show                                  position  epochs  facts  violations  money',
      `${show.event}        35       2     35           0      -`,
      `${empty}         0       0      0           0      -`,
      '',
      '2 shows, 35 facts in 0.5 s (70 a second): every promise is kept.',
    ]);
  });

  it('says what is broken, how often, and which command comes next', async () => {
    journal.corrupt(show.event);
    await journal.seal(show.event);
    const report = plainReport(await audited(), 1_000);
    expect(report).toContain('1 show, 35 facts in 1.0 s (35 a second): 1 show broken.');
    expect(report).toMatch(/hash_chain: Fact 1: .+ And 28 more\./);
    expect(report).toContain(`npm run journal -- ${show.event}`);
    expect(report).toContain(`npm run unseal -- ${show.event}`);
  });

  it('reads only what it is asked for', async () => {
    const other = newEvent();
    journal.create(other);
    const shows = await audited([other, newEvent()]);
    expect(shows.map(({ event }) => event)).toEqual([other]);
  });

  it('of very many shows tells only of those that somebody must look at', async () => {
    journal.corrupt(show.event);
    const [bad] = await audited();
    const good = { ...bad!, slug: 'well', violations: [] };
    const report = plainReport([...Array.from({ length: 100 }, () => good), bad!], 1);
    expect(report).not.toContain('well');
    expect(report).toContain('101 shows');
  });

  async function audited(only?: readonly EventId[]): Promise<AuditedShow[]> {
    const shows: AuditedShow[] = [];
    for await (const each of auditShows(journal, only, () => {})) shows.push(each);
    return shows;
  }
});
