import { rm } from 'node:fs/promises';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { startNode } from '../../src/node.ts';
import { browserArguments } from '../setup/browser-arguments.ts';
import {
  BuyerPages,
  findings,
  focused,
  type Look,
  more,
  ordinary,
  patient,
  phone,
  press,
  reserve,
  seen,
  textOf,
} from '../setup/buyer-page.ts';
import { type OpenShow, openNode, type TestNode } from '../setup/node.ts';
import { skipBecause } from '../setup/skip-because.ts';

// The buyer's page in a real browser, built before the tests, served by a real node.

const executablePath = inject('browser');
const lots = [
  { sector: 'Pista', name: '1º lote', priceCents: 12_000, quantity: 50 },
  { sector: 'Camarote', name: 'Open bar', priceCents: 52_000, quantity: 2 },
];

if (executablePath === undefined) {
  skipBecause("the buyer's page", `there is no browser: ${inject('browserMissing')}`);
} else {
  describe("the buyer's page", { timeout: 90_000 }, tests);
}

function tests(): void {
  let house: TestNode;
  let browser: Browser;
  let show: OpenShow;
  let pages: BuyerPages;

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
    pages = new BuyerPages(browser);
    show = await house.createShow({ lots });
  });
  afterEach(() => pages.close());

  it('shows the show and its lots, and complains about nothing', async () => {
    const page = await open();
    expect(await page.title()).toBe('Noite de Teste — Ingressou');
    await seen(page.getByRole('heading', { level: 1, name: 'Noite de Teste' }));
    await seen(page.getByText('Vendas abertas'));
    expect(await lotTexts(page)).toEqual([
      '1º lote R$ 120,00 50 disponíveis',
      'Open bar R$ 520,00 Restam só 2',
    ]);
    expect(pages.complaints).toEqual([]);
  });

  it('is found from the list of shows', async () => {
    const page = await open({ path: '/' });
    await page.locator(`a[href="/shows/${show.slug}"]`).click();
    await seen(page.getByRole('heading', { level: 1, name: 'Noite de Teste' }));
    expect(pages.complaints).toEqual([]);
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
    expect(pages.complaints).toEqual([]);
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
    expect(pages.complaints).toEqual([]);
  });

  it('keeps the buyer and the hold over a reload', async () => {
    const page = await open();
    await reserve(page);
    await page.reload();
    await seen(page.getByRole('heading', { name: '1 ingresso' }));
  });

  it('lets a hold go in every window when it expires, and says so', async () => {
    show = await house.createShow({ lots: [{ quantity: 5 }], holdMs: 10_000 });
    const page = await open();
    await reserve(page, 'Pista, Lote');
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
    await reserve(page);
    expect(pages.complaints).toEqual([]);

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
      await reserve(page, 'Camarote, Open bar', 2);
      await more(page, 'Pista, 1º lote');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width);
      expect(await page.evaluate(findings, ordinary)).toEqual([]);
    },
  );

  async function open({ url = house.url, path, waitsForLots, ...look }: Opening = {}) {
    const isShow = path === undefined;
    const page = await pages.open(`${url}${path ?? `/shows/${show.slug}`}`, look);
    if (waitsForLots ?? isShow) await seen(page.locator('.lot').first());
    return page;
  }
}

interface Opening extends Look {
  readonly url?: string;
  /** Absent: that of the show. */
  readonly path?: string;
  readonly waitsForLots?: boolean;
}

async function lotTexts(page: Page): Promise<string[]> {
  return await Promise.all((await page.locator('.lot-about').all()).map(textOf));
}
