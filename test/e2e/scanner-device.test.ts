import { readFile } from 'node:fs/promises';
import type { GatesView } from '@ingressou/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Ease, findings } from '../setup/buyer-page.ts';
import { patient } from '../setup/gate-operator.ts';
import { GateStage } from '../setup/gate-stage.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { buyCodes } from '../setup/sold-tickets.ts';

// What goes wrong with one phone in the middle of an evening, in a real browser: its disk, its camera
// and its operator's thumb.

const executablePath = inject('browser');
/** Gloves, and the sun on the screen. */
const inTheSun: Ease = { targetPx: 64, contrast: 7 };

if (executablePath === undefined) {
  skipBecause('a scanner in trouble', `there is no browser: ${inject('browserMissing')}`);
} else {
  describe('a scanner', { timeout: 120_000 }, tests);
}

function tests(): void {
  let stage: GateStage;
  let codes: string[];

  beforeAll(async () => {
    stage = await GateStage.open(executablePath ?? '');
    codes = await buyCodes(stage.house, stage.show, 8);
  }, 90_000);
  afterEach(() => stage.clear());
  afterAll(() => stage.close());

  it('that was set back says that its scans are held, and gives them as a file', async () => {
    const [before = '', forgotten = '', after = ''] = codes;
    const a = await stage.scanner(0, 'NOT A TICKET');
    expect(await a.verdictOf(1)).toBe('not_a_ticket');
    expect(await a.type(before)).toBe('admitted');
    const unsent = () => a.page.locator('.unsent').textContent();
    await expect.poll(unsent, patient).toBe('tudo enviado');
    await a.crash((phone) => phone.backUp());
    await a.start();
    // The code in front of the camera is number 3.
    expect(await a.verdictOf(3)).toBe('not_a_ticket');
    expect(await a.type(forgotten)).toBe('admitted');
    await expect.poll(unsent, patient).toBe('tudo enviado');
    stage.line.fault = 'swallow_replies';
    await a.crash((phone) => phone.setBack());
    await a.start();
    expect(await a.verdictOf(3)).toBe('not_a_ticket');
    expect(await a.type(after)).toBe('admitted');
    stage.line.fault = 'none';
    await a.page.getByText('Leituras retidas: offline até').waitFor(patient);
    expect(await unsent()).toBe('2 retidas');
    await a.mode('normal');
    expect(await a.type(after)).toBe('already_used');

    await a.openMenu();
    const device = a.page.getByRole('dialog', { name: 'Aparelho' });
    await device.getByText('O servidor tem outra história deste aparelho').waitFor(patient);
    expect(await device.getByText('Leituras retidas: 3.').count()).toBe(1);
    expect(await a.page.evaluate(findings, inTheSun)).toEqual([]);
    const saved = a.page.waitForEvent('download', patient);
    await device.getByRole('button', { name: 'Salvar arquivo das leituras' }).click();
    const file = await saved;
    expect(file.suggestedFilename()).toBe(`leituras-${a.device}.json`);
    const { scans, ...owner } = JSON.parse(await readFile(await file.path(), 'utf8'));
    expect(owner).toEqual({ event: stage.show.event, device: a.device });
    const verdicts = ['not_a_ticket', 'admitted', 'not_a_ticket', 'admitted', 'already_used'];
    expect(scans.map((scan: { verdict: string }) => scan.verdict)).toEqual(verdicts);
    await device.getByRole('button', { name: 'Descadastrar este aparelho' }).click();
    await device.getByText('As leituras retidas serão apagadas daqui').waitFor();

    const { incidents } = await stage.asked<GatesView>('GET', 'gates');
    expect(incidents.latest).toMatchObject([{ kind: 'log_quarantined', device: a.device }]);
  });

  it('is the scanner again after a look at the panel', async () => {
    const a = await stage.scanner(0, 'NOT A TICKET');
    expect(await a.verdictOf(1)).toBe('not_a_ticket');
    await a.page.evaluate(() => {
      location.hash = '#painel';
    });
    await a.page.getByRole('link', { name: 'Usar este aparelho como leitor' }).click();
    expect(await a.verdictOf(2)).toBe('not_a_ticket');
  });

  it('goes on as it was when no other code is wanted after all', async () => {
    const a = await stage.scanner(0, 'NOT A TICKET');
    expect(await a.verdictOf(1)).toBe('not_a_ticket');
    await a.openMenu();
    await a.page.getByRole('button', { name: 'Usar outro código de cadastro' }).click();
    expect(await a.page.evaluate(findings, inTheSun)).toEqual([]);
    await a.page.getByRole('button', { name: 'Voltar sem trocar o código' }).click();
    await a.start();
    expect(await a.verdictOf(2)).toBe('not_a_ticket');
  });

  it('begins once, however often it is told to', async () => {
    const a = await stage.enrolled(0, codes[3] ?? '');
    let lines = 0;
    a.page.on('websocket', () => {
      lines += 1;
    });
    const button = a.page.getByRole('button', { name: 'Começar a ler' });
    await button.evaluate((start: HTMLElement) => {
      start.click();
      start.click();
    });
    expect(await a.verdictOf(1)).toBe('admitted');
    expect(lines).toBe(1);
  });

  it('says so when nothing can be read of what it has kept', async () => {
    const a = await stage.scanner(0, 'NOT A TICKET');
    expect(await a.verdictOf(1)).toBe('not_a_ticket');
    await a.page.addInitScript(() => {
      IDBObjectStore.prototype.get = () => {
        throw new DOMException('Internal error.', 'UnknownError');
      };
    });
    await a.page.reload();
    await a.page.getByText('A memória do aparelho falhou').waitFor(patient);
  });

  it('sees again when its camera was taken away and when its picture stood still', async () => {
    const a = await stage.scanner(0, 'NOT A TICKET');
    expect(await a.verdictOf(1)).toBe('not_a_ticket');
    await a.page.evaluate(() => {
      const picture = document.querySelector('video')?.srcObject as MediaStream;
      const [track] = picture.getVideoTracks();
      track?.stop();
      track?.dispatchEvent(new Event('ended'));
    });
    const isSeeing = () => {
      const video = document.querySelector('video');
      const [track] = (video?.srcObject as MediaStream | null)?.getVideoTracks() ?? [];
      return track?.readyState === 'live' && video?.paused === false;
    };
    await a.page.waitForFunction(isSeeing, undefined, patient);
    await a.page.evaluate(() => document.querySelector('video')?.pause());
    await a.page.waitForFunction(isSeeing, undefined, patient);
  });

  it('takes no ticket that comes before its camera while its menu hides the verdict', async () => {
    const a = await stage.enrolled(0, codes[4] ?? '');
    await a.beginInMenu();
    const isSeen = () => (document.querySelector('video')?.currentTime ?? 0) > 2;
    await a.page.waitForFunction(isSeen, undefined, patient);
    expect(await a.scans()).toBe(0);
    await a.page.getByRole('button', { name: 'Voltar' }).click();
    expect(await a.verdictOf(1)).toBe('admitted');
  });

  it('opens its camera again when whoever had it lets it go', async () => {
    const a = await stage.enrolled(0, 'NOT A TICKET');
    await a.page.evaluate(() => {
      const { mediaDevices } = navigator;
      const open = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = async () => {
        // The next one gets it.
        mediaDevices.getUserMedia = open;
        throw new DOMException('In a call.', 'NotReadableError');
      };
    });
    await a.start();
    await a.page.getByText('Outro aplicativo está usando a câmera').waitFor(patient);
    await a.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    expect(await a.verdictOf(1)).toBe('not_a_ticket');
  });

  it.each([
    { story: 'when it is let in', doing: 'put' as const },
    { story: 'when it is set free', doing: 'clear' as const },
  ])('says so when its disk takes nothing $story', async ({ doing }) => {
    const isIn = doing === 'clear';
    const a = await stage.unknown(0, 'NOT A TICKET');
    if (isIn) {
      await a.enrol();
      await a.start();
      expect(await a.verdictOf(1)).toBe('not_a_ticket');
      await expect.poll(() => a.page.locator('.unsent').textContent()).toBe('tudo enviado');
    }
    await a.page.evaluate((name) => {
      IDBObjectStore.prototype[name] = () => {
        throw new DOMException('Full.', 'QuotaExceededError');
      };
    }, doing);
    if (isIn) {
      await a.openMenu();
      await a.page.getByRole('button', { name: 'Descadastrar este aparelho' }).click();
      await a.page.getByRole('button', { name: 'Sim, descadastrar' }).click();
    } else await a.enrol();
    await a.page.getByText('A memória do aparelho falhou').waitFor(patient);
  });
}
