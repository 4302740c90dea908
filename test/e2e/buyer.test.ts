import { rm } from 'node:fs/promises';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { startNode } from '../../src/node.ts';
import { browserArguments } from '../setup/browser-arguments.ts';
import { type OpenShow, openNode, type TestNode } from '../setup/node.ts';
import { skipBecause } from '../setup/skip-because.ts';

// The buyer's page in a real browser, built before the tests, served by a real node.

const executablePath = inject('browser');
const lots = [
  { sector: 'Pista', name: '1º lote', priceCents: 12_000, quantity: 50 },
  { sector: 'Camarote', name: 'Open bar', priceCents: 52_000, quantity: 2 },
];
const phone = { width: 360, height: 740 };
const patient = { timeout: 15_000 };

if (executablePath === undefined) {
  skipBecause("the buyer's page", `there is no browser: ${inject('browserMissing')}`);
} else {
  describe("the buyer's page", tests);
}

function tests(): void {
  let house: TestNode;
  let browser: Browser;
  let show: OpenShow;
  let contexts: BrowserContext[];
  /** What the pages of a test complained about on their consoles. */
  let complaints: string[];

  beforeAll(async () => {
    house = await openNode();
    browser = await chromium.launch({
      executablePath: executablePath ?? '',
      args: browserArguments,
    });
  });
  afterAll(async () => {
    await browser.close();
    await house.stop();
  });

  beforeEach(async () => {
    contexts = [];
    complaints = [];
    show = await house.createShow({ lots });
  });
  afterEach(async () => {
    for (const context of contexts) await context.close();
  });

  it('shows the show and its lots, and complains about nothing', async () => {
    const page = await open();
    expect(await page.title()).toBe('Noite de Teste — Ingressou');
    await seen(page.getByRole('heading', { level: 1, name: 'Noite de Teste' }));
    await seen(page.getByText('Vendas abertas'));
    expect(await lotTexts(page)).toEqual([
      '1º lote R$ 120,00 50 disponíveis',
      'Open bar R$ 520,00 Restam só 2',
    ]);
    expect(complaints).toEqual([]);
  });

  it('is found from the list of shows', async () => {
    const page = await open({ path: '/' });
    await page.locator(`a[href="/shows/${show.slug}"]`).click();
    await seen(page.getByRole('heading', { level: 1, name: 'Noite de Teste' }));
    expect(complaints).toEqual([]);
  });

  it('says so when there is no such show', async () => {
    const page = await open({ path: '/shows/nao-existe', waitsForLots: false });
    await seen(page.getByRole('heading', { name: 'Não encontramos este show.' }));
  });

  it('is used from the first click to the last with the keyboard alone', async () => {
    const page = await open();
    await press(page, 'Quantidade de Pista, 1º lote: Mais um');
    await press(page, 'Quantidade de Camarote, Open bar: Mais um');
    await press(page, 'Reservar 2 ingressos');

    await expect.poll(() => focused(page), patient).toBe('2 ingressos');
    const timer = page.locator('.hold').getByRole('timer');
    expect(await timer.textContent()).toMatch(/^(9:5\d|10:00)$/);
    await seen(page.getByText('49 disponíveis'));

    await press(page, 'Prorrogar prazo');
    await expect.poll(() => timer.textContent(), patient).toMatch(/^(14:5\d|15:00)$/);
    await expect.poll(() => page.getByRole('button', { name: 'Prorrogar prazo' }).count()).toBe(0);

    await press(page, 'Devolver');
    await expect.poll(() => focused(page)).toBe('Devolver estes ingressos? Eles voltam à venda.');
    await press(page, 'Sim, devolver');
    await expect.poll(() => page.locator('.hold').count(), patient).toBe(0);
    await expect.poll(() => focused(page)).toBe('Ingressos');
    await seen(page.getByText('50 disponíveis'));
    expect(complaints).toEqual([]);
  });

  it('moves its numbers when somebody else buys, and explains a no', async () => {
    const [here, there] = [await open(), await open()];
    for (const page of [here, there]) await more(page, 'Camarote, Open bar');
    await more(there, 'Camarote, Open bar');
    await there.getByRole('button', { name: 'Reservar 2 ingressos' }).click();
    await seen(here.getByText('Esgotado', { exact: true }));
    await here.getByRole('button', { name: 'Reservar 1 ingresso' }).click();
    const alert = here.getByRole('alert');
    await seen(alert);
    expect(await textOf(alert)).toBe(
      'Camarote, Open bar esgotou antes do seu pedido chegar. Nada foi reservado. Escolha outro lote.',
    );
    expect(complaints).toEqual([]);
  });

  it('keeps the buyer and the hold over a reload', async () => {
    const page = await open();
    await reserveOne(page);
    await page.reload();
    await seen(page.getByRole('heading', { name: '1 ingresso' }));
  });

  it('lets a hold go in every window when it expires, and says so', async () => {
    show = await house.createShow({ lots: [{ quantity: 5 }], holdMs: 10_000 });
    const page = await open();
    await reserveOne(page, 'Pista, Lote');
    await seen(page.getByText('O prazo da sua reserva de 1 ingresso acabou.'));
    await expect.poll(() => page.locator('.hold').count()).toBe(0);
    await page.getByRole('button', { name: 'Fechar aviso' }).click();
    await expect.poll(() => page.locator('.notice').count()).toBe(0);
  });

  it('counts down to the opening and sells at once', async () => {
    show = await house.createShow({ lots: [{ quantity: 5 }], opensAt: Date.now() + 6_000 });
    const page = await open();
    await seen(page.getByText('As vendas abrem em'));
    await more(page, 'Pista, Lote');
    await seen(page.getByRole('button', { name: 'Aguarde a abertura' }));
    await page.getByRole('button', { name: 'Reservar 1 ingresso' }).click(patient);
    await seen(page.getByRole('heading', { name: '1 ingresso' }));
  });

  it('tells the truth while the node is away, and finds the hold when it is back', async () => {
    const other = await openNode();
    show = await other.createShow({ lots });
    const page = await open({ url: other.url });
    await reserveOne(page);
    expect(complaints).toEqual([]);

    await other.node.stop();
    await seen(page.getByText(/Sem conexão há \d+ s — os números podem estar desatualizados\./));
    await more(page, 'Pista, 1º lote');
    await page.getByRole('button', { name: 'Reservar 1 ingresso' }).click();
    await seen(page.getByRole('button', { name: 'Aguardando a conexão…' }));

    const again = await startNode(other.config);
    await expect.poll(() => page.locator('.hold').count(), { timeout: 30_000 }).toBe(2);
    await expect.poll(() => page.locator('.strip').count()).toBe(0);
    await seen(page.getByText('48 disponíveis'));
    await again.stop();
    await rm(other.config.dataDirectory, { recursive: true, force: true });
  });

  it.each(['light', 'dark'] as const)(
    'can be read and touched on a small phone: %s',
    async (scheme) => {
      const page = await open({ colorScheme: scheme });
      await more(page, 'Pista, 1º lote');
      await reserveOne(page, 'Camarote, Open bar', 2);
      await more(page, 'Pista, 1º lote');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width);
      expect(await page.evaluate(findings)).toEqual([]);
    },
  );

  interface Opening {
    readonly url?: string;
    readonly path?: string;
    readonly waitsForLots?: boolean;
    readonly colorScheme?: 'light' | 'dark';
  }

  async function open(opening: Opening = {}): Promise<Page> {
    const { url = house.url, path = `/shows/${show.slug}`, colorScheme = 'light' } = opening;
    const { waitsForLots = path === `/shows/${show.slug}` } = opening;
    const context = await browser.newContext({
      viewport: phone,
      locale: 'pt-BR',
      colorScheme,
      // Colours that are still on their way cannot be measured.
      reducedMotion: 'reduce',
    });
    contexts.push(context);
    const page = await context.newPage();
    // A broken policy is an error on the console too.
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${url}${path}`);
    if (waitsForLots) await seen(page.locator('.lot').first());
    return page;
  }
}

async function seen(locator: ReturnType<Page['locator']>): Promise<void> {
  await locator.waitFor({ state: 'visible', ...patient });
}

async function more(page: Page, lot: string): Promise<void> {
  const group = page.getByRole('group', { name: `Quantidade de ${lot}` });
  await group.getByRole('button', { name: 'Mais um' }).click();
}

async function reserveOne(page: Page, lot = 'Pista, 1º lote', units = 1): Promise<void> {
  await more(page, lot);
  await page
    .getByRole('button', { name: units === 1 ? 'Reservar 1 ingresso' : `Reservar ${units}` })
    .click();
  await seen(page.locator('.hold'));
}

async function lotTexts(page: Page): Promise<string[]> {
  return await Promise.all((await page.locator('.lot-about').all()).map(textOf));
}

async function textOf(locator: ReturnType<Page['locator']>): Promise<string> {
  const lines = await locator.allInnerTexts();
  return lines.join(' ').replace(/\s+/g, ' ');
}

/** Walks with Tab to the control of this name and presses it. */
async function press(page: Page, name: string): Promise<void> {
  for (let steps = 0; steps < 40; steps += 1) {
    if ((await focused(page)) === name) return await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
  }
  throw new Error(`The keyboard does not reach "${name}".`);
}

/** What has the focus, by its group and its name. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    const group = element?.closest('fieldset')?.querySelector('legend')?.textContent;
    const name = element?.getAttribute('aria-label') ?? element?.textContent ?? '';
    return group ? `${group}: ${name}` : name.trim();
  });
}

/** Runs in the page: what stands between it and somebody who needs it to be accessible. */
function findings(): string[] {
  const all = [...document.querySelectorAll<HTMLElement>('body *')];
  const controls = all.filter((element) => element.matches('a[href], button, input, select'));
  const ids = all.map(({ id }) => id).filter((id) => id !== '');
  return [
    ...(document.documentElement.lang === 'pt-BR' ? [] : ['The language is not told.']),
    ...(document.querySelectorAll('h1').length === 1 ? [] : ['There is not one h1.']),
    ...(document.querySelectorAll('main').length === 1 ? [] : ['There is not one main.']),
    ...(document.querySelector('output.unseen') === null ? ['Nothing is announced.'] : []),
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `Twice: #${id}`),
    ...controls.filter((control) => nameOf(control) === '').map((it) => `No name: ${it.outerHTML}`),
    ...controls.filter(isSmall).map((control) => `Too small: ${control.outerHTML}`),
    ...all
      .filter(isText)
      .filter((it) => contrastOf(it) < 4.5)
      .map((it) => `Pale: ${it.outerHTML}`),
    ...all.filter(isUnlabelled).map((element) => `No label: ${element.outerHTML}`),
  ];

  function nameOf(element: HTMLElement): string {
    return (element.getAttribute('aria-label') ?? element.textContent).trim();
  }

  function isSmall(element: HTMLElement): boolean {
    const { width, height } = element.getBoundingClientRect();
    return width < 44 || height < 44;
  }

  function isUnlabelled(element: HTMLElement): boolean {
    const label = element.getAttribute('aria-labelledby');
    if (element.matches('fieldset')) return element.querySelector('legend') === null;
    return label !== null && document.getElementById(label) === null;
  }

  function isText(element: HTMLElement): boolean {
    const isVisible = element.getBoundingClientRect().width > 1;
    const texts = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
    return isVisible && texts.some(({ textContent }) => textContent?.trim() !== '');
  }

  /** Contrast as WCAG 2.2 defines it, against the nearest ground that is not transparent. */
  function contrastOf(element: HTMLElement): number {
    let ground: Element | null = element;
    while (ground !== null && colour(ground, 'backgroundColor')[3] === 0)
      ground = ground.parentElement;
    const ink = luminance(colour(element, 'color'));
    const paper = luminance(colour(ground ?? document.body, 'backgroundColor'));
    return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
  }

  function colour(element: Element, property: 'color' | 'backgroundColor'): number[] {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (
      getComputedStyle(element)[property].match(/[\d.]+/g) ?? []
    ).map(Number);
    return [red, green, blue, alpha];
  }

  function luminance([red = 0, green = 0, blue = 0]: number[]): number {
    const [r, g, b] = [red, green, blue].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
  }
}
