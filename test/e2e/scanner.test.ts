import type { GatesView } from '@ingressou/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Ease, findings } from '../setup/buyer-page.ts';
import { patient } from '../setup/gate-operator.ts';
import { GateStage } from '../setup/gate-stage.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { buyCodes } from '../setup/sold-tickets.ts';

// Two scanners as they stand at two gates: real browsers with a disk and a camera of their own, on a
// real node, behind a line that can go dead. The cameras see a rendered ticket; the other tickets
// come from hand scanners, which type.

const executablePath = inject('browser');
const hourMs = 60 * 60 * 1000;
const ticketCount = 50;
/** Gloves, and the sun on the screen. */
const inTheSun: Ease = { targetPx: 64, contrast: 7 };

if (executablePath === undefined) {
  skipBecause('the scanners of two gates', `there is no browser: ${inject('browserMissing')}`);
} else {
  describe('the scanners of two gates', { timeout: 120_000 }, tests);
}

function tests(): void {
  let stage: GateStage;
  let codes: string[];
  let halves: string[];
  let spare: string[];
  let named: string[];

  beforeAll(async () => {
    stage = await GateStage.open(executablePath ?? '');
    const { house, show } = stage;
    codes = await buyCodes(house, show, ticketCount);
    halves = await buyCodes(house, show, 3, 1);
    spare = await buyCodes(house, show, 3);
    named = await buyCodes(house, show, 2, 1, { names: ['Bia Lima', 'João d’Ávila Conceição'] });
  }, 90_000);
  afterEach(() => stage.clear());
  afterAll(() => stage.close());

  it('admit online, alone, through a crash, and tell the whole story once', async () => {
    // The tickets in front of the cameras, judged by the server's word.
    // The clock of one is a day slow, and nobody notices.
    const a = await stage.scanner(0, codes[0]!, { clockMs: -24 * hourMs });
    expect(await a.verdictOf(1)).toBe('admitted');
    const b = await stage.scanner(1, codes[1]!);
    expect(await b.verdictOf(1)).toBe('admitted');
    const isControlled = () => a.page.evaluate(() => navigator.serviceWorker.controller !== null);
    await expect.poll(isControlled, patient).toBe(true);
    await a.mode('online');
    for (const code of codes.slice(2, 6)) expect(await a.type(code)).toBe('admitted');
    expect(await b.type(codes[2]!)).toBe('already_used');

    // The line goes dead, and nobody is told: only the silence shows it.
    stage.line.fault = 'swallow_replies';
    for (const each of [a, b]) await each.mode('normal');
    const [shared, ...rest] = codes.slice(6);
    for (const code of rest.slice(0, 22)) expect(await a.type(code)).toBe('admitted');
    for (const code of rest.slice(22)) expect(await b.type(code)).toBe('admitted');
    for (const each of [a, b]) expect(await each.type(shared!)).toBe('admitted');
    expect(await a.type(shared!)).toBe('already_used');
    const written = [await a.scans(), await b.scans()];

    // The battery is taken out of one; back on, it opens without a network and knows all it did.
    await a.crash();
    await a.start();
    await a.mode('normal');
    expect(await a.verdictOf(written[0]! + 1)).toBe('already_used');
    expect(await a.type(rest[0]!)).toBe('already_used');
    expect(await a.page.locator('.unsent').textContent()).toMatch(/^\d+ a enviar$/);

    stage.line.fault = 'none';
    for (const each of [a, b]) {
      await each.mode('online');
      await expect
        .poll(() => each.page.locator('.unsent').textContent(), patient)
        .toBe('tudo enviado');
    }
    const gates = await stage.asked<GatesView>('GET', 'gates');
    expect(gates.incidents.total).toBe(1);
    const [incident] = gates.incidents.latest;
    if (incident?.kind !== 'double_entry') throw new Error(incident?.kind);
    const both = [incident.scan, incident.other].map((scan) => scan?.device);
    expect(both.sort()).toEqual([a.device, b.device].sort());
    // Everybody who came in is inside: each ticket once, and the shared one twice.
    expect(gates.checkpoints[0]?.occupancy).toBe(ticketCount + 1);
    const entered = gates.checkpoints[0]?.gates.map((gate) => gate.entered) ?? [];
    expect(entered.reduce((sum, each) => sum + each)).toBe(ticketCount + 1);
    for (const each of [a, b]) {
      const known = gates.devices.find(({ device }) => device === each.device);
      expect(known).toMatchObject({ scans: await each.scans(), quarantined: 0 });
    }
  });

  it('ask for the document of whoever paid half, and take the other half', async () => {
    const [whole = '', proved = '', paid = ''] = halves;
    const a = await stage.scanner(0, 'NOT A TICKET');
    expect(await a.verdictOf(1)).toBe('not_a_ticket');
    expect(await a.type(proved)).toBe('proof_needed');
    expect(await a.page.evaluate(findings, inTheSun)).toEqual([]);
    await a.page.getByRole('button', { name: 'Documento conferido' }).click();
    expect(await a.verdictOf(3)).toBe('admitted');
    expect(await a.type(paid)).toBe('proof_needed');
    await a.page.getByRole('button', { name: 'Completou para inteira' }).click();
    await a.page.getByRole('button', { name: 'Pix' }).click();
    expect(await a.verdictOf(5)).toBe('admitted');
    expect(await a.type(paid)).toBe('already_used');
    await a.page.getByRole('button', { name: 'Liberar com motivo' }).click();
    expect(await a.page.evaluate(findings, inTheSun)).toEqual([]);
    await a.page.getByRole('button', { name: 'Ordem do supervisor' }).click();
    expect(await a.verdictOf(7)).toBe('already_used');
    await a.page.getByRole('heading', { name: 'Liberado' }).waitFor();
    expect(await a.type(whole.slice(0, -1))).toMatch(/not_a_ticket|bad_signature/);
    expect(await a.type('HTTPS://EVIL.EXAMPLE/<IMG SRC=X>')).toBe('not_a_ticket');
    expect(await a.type('A'.repeat(10_240))).toBe('not_a_ticket');
  });

  it('say who comes with a half-price ticket, online and alone, until they are shut out', async () => {
    const [first = '', second = ''] = named;
    const a = await stage.scanner(0, 'NOT A TICKET');
    expect(await a.verdictOf(1)).toBe('not_a_ticket');
    await a.names(`${halves.length + named.length} guardados`);
    expect(await a.type(first)).toBe('proof_needed');
    await a.page.getByText('Titular: Bia Lima').waitFor(patient);
    expect(await a.page.evaluate(findings, inTheSun)).toEqual([]);
    expect(await a.type('STILL NOT A TICKET')).toBe('not_a_ticket');
    expect(await a.page.locator('.holder').count()).toBe(0);
    stage.line.fault = 'swallow_replies';
    await a.mode('normal');
    const written = await a.scans();
    await a.crash();
    await a.start();
    expect(await a.verdictOf(written + 1)).toBe('not_a_ticket');
    expect(await a.type(second)).toBe('proof_needed');
    await a.page.getByText('Titular: João d’Ávila Conceição').waitFor(patient);
    await stage.asked('DELETE', `devices/${a.device}`);
    stage.line.fault = 'none';
    await a.page.getByText('Aparelho bloqueado pela produção').waitFor(patient);
    await a.names('Este show não usa');
  });

  it('lose no code of a hand scanner to a screen that opens or is in the way', async () => {
    const a = await stage.scanner(0, 'NOT A TICKET');
    expect(await a.verdictOf(1)).toBe('not_a_ticket');
    await a.openMenu();
    expect(await a.type('STILL NOT A TICKET')).toBe('not_a_ticket');
    expect(await a.page.getByRole('dialog', { name: 'Aparelho' }).count()).toBe(0);
    await a.crash();
    await a.begin(halves[0] ?? '');
    expect(await a.verdictOf(3)).toBe('proof_needed');
  });

  it('judge alone as strictly as they were told to', async () => {
    const [one = '', two = ''] = spare;
    const [a, b] = [
      await stage.scanner(0, 'NOT A TICKET', { offline: 'Offline restrito' }),
      await stage.scanner(1, 'NOT A TICKET', { offline: 'Offline restrito' }),
    ];
    for (const each of [a, b]) {
      expect(await each.verdictOf(1)).toBe('not_a_ticket');
      await each.mode('online');
    }
    stage.line.fault = 'swallow_replies';
    for (const each of [a, b]) await each.mode('strict');
    expect(await a.type(one)).toBe('admitted');
    expect(await b.type(one)).toBe('wrong_gate');
    expect(await b.type(two)).toBe('wrong_gate');
    stage.line.fault = 'none';
    for (const each of [a, b]) await each.mode('online');
    expect(await b.type(one)).toBe('already_used');
    // Online there is one judge for all gates, and nobody need be strict.
    expect(await b.type(two)).toBe('admitted');
    const known = async () => {
      const { devices } = await stage.asked<GatesView>('GET', 'gates');
      return devices.find(({ device }) => device === b.device);
    };
    await expect.poll(known, patient).toMatchObject({ scans: 5, quarantined: 0 });
  });

  it('leave everybody to their operator if they are told to, and tell the server why', async () => {
    const a = await stage.scanner(0, 'NOT A TICKET', { offline: 'Manual' });
    expect(await a.verdictOf(1)).toBe('not_a_ticket');
    await a.mode('manual');
    const before = await enteredAt(0);
    expect(await a.type(spare[2] ?? '')).toBe('package_expired');
    await a.page.getByRole('button', { name: 'Liberar com motivo' }).click();
    await a.page.getByRole('button', { name: 'Documento conferido' }).click();
    expect(await a.verdictOf(3)).toBe('package_expired');
    await a.page.getByRole('heading', { name: 'Liberado' }).waitFor();
    await expect.poll(() => enteredAt(0), patient).toBe(before + 1);
    expect(await a.type(spare[2] ?? '')).toBe('already_used');
  });

  it('admit nobody once they are shut out, and tell what they did all the same', async () => {
    const a = await stage.scanner(0, 'NOT A TICKET');
    expect(await a.verdictOf(1)).toBe('not_a_ticket');
    stage.line.fault = 'swallow_replies';
    await a.mode('normal');
    expect(await a.type('STILL NOT A TICKET')).toBe('not_a_ticket');
    await stage.asked('DELETE', `devices/${a.device}`);
    stage.line.fault = 'none';
    await a.page.getByText('Aparelho bloqueado pela produção').waitFor(patient);
    await expect.poll(() => a.page.locator('.unsent').textContent(), patient).toBe('tudo enviado');
    await a.press(halves[0] ?? '');
    await a.page.locator('.sheet[data-verdict=blocked]').waitFor();
    stage.line.fault = 'swallow_replies';
    await a.crash();
    await a.start();
    await a.page.locator('.sheet[data-verdict=blocked]').waitFor();
    expect(await a.scans()).toBe(2);
    stage.line.fault = 'none';
  });

  it('notice that the browser threw their memory away', async () => {
    const a = await stage.scanner(0, 'NOT A TICKET');
    expect(await a.verdictOf(1)).toBe('not_a_ticket');
    const devtools = await a.page.context().newCDPSession(a.page);
    const { origin } = new URL(stage.url);
    await a.page.goto('about:blank');
    const storageTypes = 'indexeddb';
    await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes });
    await a.page.goto(stage.url);
    await a.page.getByText('As leituras guardadas sumiram').waitFor(patient);
    expect(await a.page.evaluate(findings, inTheSun)).toEqual([]);
  });

  it('are seen by their producer, live', async () => {
    const phone = await stage.phone('NOTHING');
    const page = await phone.open(`${stage.url}#painel`);
    await page.getByLabel('Chave de acesso').fill(await stage.house.mintToken({ role: 'ADMIN' }));
    await page.getByLabel('Show').selectOption(stage.show.event);
    await page.getByRole('button', { name: 'Ver o painel' }).click();
    await page.getByText('Ao vivo').waitFor(patient);
    await page.getByRole('heading', { name: 'Portão B' }).waitFor(patient);
    expect(await page.evaluate(findings, inTheSun)).toEqual([]);
  });

  async function enteredAt(gate: number): Promise<number> {
    const { checkpoints } = await stage.asked<GatesView>('GET', 'gates');
    return checkpoints[0]?.gates[gate]?.entered ?? 0;
  }
}
