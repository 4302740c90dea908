import type { GatesView } from '@ingressou/protocol';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../scripts/free-port.ts';
import { type Ease, findings } from '../setup/buyer-page.ts';
import { GateBrowser } from '../setup/gate-browser.ts';
import { type OpenShow, openNode, type TestNode } from '../setup/node.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { buyCodes } from '../setup/sold-tickets.ts';
import { TcpProxy } from '../setup/tcp-proxy.ts';

// Two scanners as they stand at two gates: real browsers with a disk and a camera of their own, on a
// real node, behind a line that can go dead. The cameras see a rendered ticket; the other tickets
// come from hand scanners, which type.

const executablePath = inject('browser');
const hourMs = 60 * 60 * 1000;
/** A busy machine takes its time; what is awaited comes or the test fails. */
const patient = { timeout: 30_000 };
const ticketCount = 50;
/** Gloves, and the sun on the screen. */
const inTheSun: Ease = { targetPx: 64, contrast: 7 };

if (executablePath === undefined) {
  skipBecause('the scanners of two gates', `there is no browser: ${inject('browserMissing')}`);
} else {
  describe('the scanners of two gates', { timeout: 120_000 }, tests);
}

function tests(): void {
  let house: TestNode;
  let show: OpenShow;
  let line: TcpProxy;
  let url: string;
  let codes: string[];
  let halves: string[];
  let spare: string[];
  let named: string[];
  const phones: GateBrowser[] = [];

  beforeAll(async () => {
    const provider = { type: 'simulator', port: await freePort(), payAfterMs: 0 } as const;
    // A database of its own: on a shared one another test's workers might take the payments.
    house = await openNode({ databaseUrl: undefined, provider });
    const lots = [{ quantity: 100 }, { name: 'Meia', quantity: 20, isHalf: true }];
    show = await house.createShow({ lots, limit: 100 });
    line = new TcpProxy(house.url);
    url = `${await line.open()}scanner/`;
    codes = await buyCodes(house, show, ticketCount);
    halves = await buyCodes(house, show, 3, 1);
    spare = await buyCodes(house, show, 3);
    named = await buyCodes(house, show, 2, 1, { names: ['Bia Lima', 'João d’Ávila Conceição'] });
    const gates = ['Portão A', 'Portão B'];
    // Whoever judges strictly lets this sector in at one gate alone.
    const sectors = [{ name: 'Pista', strictGates: [0] }];
    const rules = { sectors, needsProof: true, hasCards: true };
    const checkpoint = { checkpoint: 1, name: 'Entrada', gates, ...rules };
    const from = Math.floor((Date.now() - hourMs) / 1000) * 1000;
    const days = [{ from, until: from + 12 * hourMs }];
    await asked('PUT', 'checkpoints', { checkpoints: [{ ...checkpoint, days }] });
  }, 90_000);
  afterEach(async () => {
    for (const phone of phones.splice(0)) await phone.remove();
  });
  afterAll(async () => {
    await line.close();
    await house.stop();
  });

  it('admit online, alone, through a crash, and tell the whole story once', async () => {
    // The tickets in front of the cameras, judged by the server's word.
    // The clock of one is a day slow, and nobody notices.
    const a = await scanner(0, codes[0]!, { clockMs: -24 * hourMs });
    expect(await a.verdictOf(1)).toBe('admitted');
    const b = await scanner(1, codes[1]!);
    expect(await b.verdictOf(1)).toBe('admitted');
    const isControlled = () => a.page.evaluate(() => navigator.serviceWorker.controller !== null);
    await expect.poll(isControlled, patient).toBe(true);
    await a.mode('online');
    for (const code of codes.slice(2, 6)) expect(await a.type(code)).toBe('admitted');
    expect(await b.type(codes[2]!)).toBe('already_used');

    // The line goes dead, and nobody is told: only the silence shows it.
    line.fault = 'swallow_replies';
    for (const each of [a, b]) await each.mode('normal');
    const [shared, ...rest] = codes.slice(6);
    for (const code of rest.slice(0, 22)) expect(await a.type(code)).toBe('admitted');
    for (const code of rest.slice(22)) expect(await b.type(code)).toBe('admitted');
    for (const each of [a, b]) expect(await each.type(shared!)).toBe('admitted');
    expect(await a.type(shared!)).toBe('already_used');
    const written = [await a.scans(), await b.scans()];

    // The battery is taken out of one; back on, it opens without a network and knows all it did.
    await a.crash();
    await a.page.getByRole('button', { name: 'Começar a ler' }).click();
    await a.mode('normal');
    expect(await a.verdictOf(written[0]! + 1)).toBe('already_used');
    expect(await a.type(rest[0]!)).toBe('already_used');
    expect(await a.page.locator('.unsent').textContent()).toMatch(/^\d+ a enviar$/);

    line.fault = 'none';
    for (const each of [a, b]) {
      await each.mode('online');
      await expect
        .poll(() => each.page.locator('.unsent').textContent(), patient)
        .toBe('tudo enviado');
    }
    const gates = await asked<GatesView>('GET', 'gates');
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
    const a = await scanner(0, 'NOT A TICKET');
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
    const a = await scanner(0, 'NOT A TICKET');
    expect(await a.verdictOf(1)).toBe('not_a_ticket');
    await a.names(`${halves.length + named.length} guardados`);
    expect(await a.type(first)).toBe('proof_needed');
    await a.page.getByText('Titular: Bia Lima').waitFor(patient);
    expect(await a.page.evaluate(findings, inTheSun)).toEqual([]);
    expect(await a.type('STILL NOT A TICKET')).toBe('not_a_ticket');
    expect(await a.page.locator('.holder').count()).toBe(0);
    line.fault = 'swallow_replies';
    await a.mode('normal');
    const written = await a.scans();
    await a.crash();
    await a.page.getByRole('button', { name: 'Começar a ler' }).click();
    expect(await a.verdictOf(written + 1)).toBe('not_a_ticket');
    expect(await a.type(second)).toBe('proof_needed');
    await a.page.getByText('Titular: João d’Ávila Conceição').waitFor(patient);
    await asked('DELETE', `devices/${a.device}`);
    line.fault = 'none';
    await a.page.getByText('Aparelho bloqueado pela produção').waitFor(patient);
    await a.names('Este show não usa');
  });

  it('lose no code of a hand scanner to a screen that opens or is in the way', async () => {
    const a = await scanner(0, 'NOT A TICKET');
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
      await scanner(0, 'NOT A TICKET', { offline: 'Offline restrito' }),
      await scanner(1, 'NOT A TICKET', { offline: 'Offline restrito' }),
    ];
    for (const each of [a, b]) {
      expect(await each.verdictOf(1)).toBe('not_a_ticket');
      await each.mode('online');
    }
    line.fault = 'swallow_replies';
    for (const each of [a, b]) await each.mode('strict');
    expect(await a.type(one)).toBe('admitted');
    expect(await b.type(one)).toBe('wrong_gate');
    expect(await b.type(two)).toBe('wrong_gate');
    line.fault = 'none';
    for (const each of [a, b]) await each.mode('online');
    expect(await b.type(one)).toBe('already_used');
    // Online there is one judge for all gates, and nobody need be strict.
    expect(await b.type(two)).toBe('admitted');
    const known = async () => {
      const { devices } = await asked<GatesView>('GET', 'gates');
      return devices.find(({ device }) => device === b.device);
    };
    await expect.poll(known, patient).toMatchObject({ scans: 5, quarantined: 0 });
  });

  it('leave everybody to their operator if they are told to, and tell the server why', async () => {
    const a = await scanner(0, 'NOT A TICKET', { offline: 'Manual' });
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
    const a = await scanner(0, 'NOT A TICKET');
    expect(await a.verdictOf(1)).toBe('not_a_ticket');
    line.fault = 'swallow_replies';
    await a.mode('normal');
    expect(await a.type('STILL NOT A TICKET')).toBe('not_a_ticket');
    await asked('DELETE', `devices/${a.device}`);
    line.fault = 'none';
    await a.page.getByText('Aparelho bloqueado pela produção').waitFor(patient);
    await expect.poll(() => a.page.locator('.unsent').textContent(), patient).toBe('tudo enviado');
    await a.press(halves[0] ?? '');
    await a.page.locator('.sheet[data-verdict=blocked]').waitFor();
    line.fault = 'swallow_replies';
    await a.crash();
    await a.page.getByRole('button', { name: 'Começar a ler' }).click();
    await a.page.locator('.sheet[data-verdict=blocked]').waitFor();
    expect(await a.scans()).toBe(2);
    line.fault = 'none';
  });

  it('notice that the browser threw their memory away', async () => {
    const a = await scanner(0, 'NOT A TICKET');
    expect(await a.verdictOf(1)).toBe('not_a_ticket');
    const devtools = await a.page.context().newCDPSession(a.page);
    const { origin } = new URL(url);
    await a.page.goto('about:blank');
    const storageTypes = 'indexeddb';
    await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes });
    await a.page.goto(url);
    await a.page.getByText('As leituras guardadas sumiram').waitFor(patient);
    expect(await a.page.evaluate(findings, inTheSun)).toEqual([]);
  });

  it('are seen by their producer, live', async () => {
    const phone = await GateBrowser.make(executablePath ?? '', 'NOTHING');
    phones.push(phone);
    const page = await phone.open(`${url}#painel`);
    await page.getByLabel('Chave de acesso').fill(await house.mintToken({ role: 'ADMIN' }));
    await page.getByLabel('Show').selectOption(show.event);
    await page.getByRole('button', { name: 'Ver o painel' }).click();
    await page.getByText('Ao vivo').waitFor(patient);
    await page.getByRole('heading', { name: 'Portão B' }).waitFor(patient);
    expect(await page.evaluate(findings, inTheSun)).toEqual([]);
  });

  async function enteredAt(gate: number): Promise<number> {
    const { checkpoints } = await asked<GatesView>('GET', 'gates');
    return checkpoints[0]?.gates[gate]?.entered ?? 0;
  }

  async function scanner(
    gate: number,
    code: string,
    { offline = '', ...look }: { readonly offline?: string; readonly clockMs?: number } = {},
  ): Promise<Scanner> {
    const phone = await GateBrowser.make(executablePath ?? '', code, look);
    phones.push(phone);
    const invited = { name: `Leitor ${gate}`, gate };
    const { device, code: secret } = await asked<Invitation>('POST', 'devices', invited);
    const page = await phone.open(url);
    await page.getByLabel('Código de cadastro').fill(secret);
    await page.getByRole('button', { name: 'Cadastrar' }).click();
    if (offline !== '') await page.getByText(offline, { exact: true }).click();
    await page.getByRole('button', { name: 'Começar a ler' }).click();
    return new Scanner(phone, page, url, device);
  }

  async function asked<T>(method: string, what: string, body?: object): Promise<T> {
    const token = await house.mintToken({ role: 'ADMIN' });
    const response = await fetch(`${house.url}/v1/shows/${show.event}/${what}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${what}: ${response.status} ${answer}`);
    return JSON.parse(answer) as T;
  }
}

interface Invitation {
  readonly device: string;
  readonly code: string;
}

/** What the operator of one gate does and sees. */
class Scanner {
  page: Page;
  readonly device: string;
  readonly #phone: GateBrowser;
  readonly #url: string;

  constructor(phone: GateBrowser, page: Page, url: string, device: string) {
    this.#phone = phone;
    this.page = page;
    this.#url = url;
    this.device = device;
  }

  async mode(mode: string): Promise<void> {
    await this.page.locator(`.status[data-mode=${mode}]`).waitFor(patient);
  }

  async scans(): Promise<number> {
    return Number(await this.page.locator('main.scan').getAttribute('data-scans'));
  }

  /** The verdict on scan number `seq`, once it is written. */
  async verdictOf(seq: number): Promise<string | undefined> {
    const verdict = await this.page.waitForFunction(
      (number) => {
        const sheet = `main.scan[data-scans="${number}"] .sheet[data-verdict]`;
        return document.querySelector<HTMLElement>(sheet)?.dataset.verdict;
      },
      seq,
      patient,
    );
    return await verdict.jsonValue();
  }

  /** Reads a code as a hand scanner does: a key a millisecond, and Enter. */
  async type(code: string): Promise<string | undefined> {
    const seq = (await this.scans()) + 1;
    await this.press(code);
    return await this.verdictOf(seq);
  }

  async press(code: string): Promise<void> {
    await this.page.evaluate(pressKeys, code);
  }

  /** Begins to scan, and reads a code in the same turn in which the screen is there. */
  async begin(code: string): Promise<void> {
    const button = this.page.getByRole('button', { name: 'Começar a ler' });
    await button.waitFor(patient);
    await this.page.evaluate(`window.pressKeys = ${pressKeys}`);
    await button.evaluate((start: HTMLElement, text) => {
      const isThere = new MutationObserver(() => {
        if (document.querySelector('main.scan') === null) return;
        isThere.disconnect();
        (window as unknown as { readonly pressKeys: typeof pressKeys }).pressKeys(text);
      });
      isThere.observe(document.body, { childList: true, subtree: true });
      start.click();
    }, code);
  }

  async openMenu(): Promise<void> {
    await this.page.getByRole('button', { name: /^(Próximo|Não tem: não entra)$/ }).click();
    await this.page.getByRole('button', { name: 'Aparelho', exact: true }).click();
  }

  /** What the screen of the device says of the names it has, once it does. */
  async names(said: string): Promise<void> {
    await this.openMenu();
    const device = this.page.getByRole('dialog', { name: 'Aparelho' });
    await device.getByText(said).waitFor(patient);
    await this.page.getByRole('button', { name: 'Voltar' }).click();
  }

  async crash(): Promise<void> {
    await this.#phone.kill();
    this.page = await this.#phone.open(this.#url);
  }
}

/** In the page: what a hand scanner types. A busy page sees keys late, but when they were pressed. */
function pressKeys(text: string): void {
  const from = performance.now();
  for (const [index, key] of [...text, 'Enter'].entries()) {
    const event = new KeyboardEvent('keydown', { key, cancelable: true });
    Object.defineProperty(event, 'timeStamp', { value: from + index });
    window.dispatchEvent(event);
  }
}
