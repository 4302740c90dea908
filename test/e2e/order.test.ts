import { readFile } from 'node:fs/promises';
import type { CommandId } from '@ingressou/protocol';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../scripts/free-port.ts';
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
import { newId, type OpenShow, openNode, type TestNode } from '../setup/node.ts';
import { SimulatedMoney } from '../setup/simulated-money.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { TcpProxy } from '../setup/tcp-proxy.ts';

// An order from the hold to the tickets and back, in a real browser, on a real node with its
// simulated provider. The test pays as a person does; nothing of ours is played.

const executablePath = inject('browser');
const dayMs = 24 * 60 * 60 * 1000;
const lots = [
  { sector: 'Pista', name: '1º lote', priceCents: 12_000, quantity: 50 },
  { sector: 'Pista', name: 'Meia', priceCents: 6_000, quantity: 20, isHalf: true },
];
/** The test card of every bank, and one that its bank refuses. */
const goodCard = '4111111111111111';
const refusedCard = '4000000000000028';
const rightCode = '1234';

if (executablePath === undefined) {
  skipBecause('an order in the browser', `there is no browser: ${inject('browserMissing')}`);
} else {
  describe('an order in the browser', { timeout: 90_000 }, tests);
}

function tests(): void {
  let house: TestNode;
  let money: SimulatedMoney;
  let browser: Browser;
  let show: OpenShow;
  let pages: BuyerPages;

  beforeAll(async () => {
    const port = await freePort();
    // A database of its own: on a shared one another test's workers might take the payments.
    house = await openNode({
      databaseUrl: undefined,
      provider: { type: 'simulator', port, payAfterMs: dayMs },
    });
    money = new SimulatedMoney(port);
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
    const startsAt = Date.now() + 30 * dayMs;
    show = await house.createShow({ lots, feeBasisPoints: 1_000, startsAt });
  });
  afterEach(() => pages.close());

  it('shows what is to be paid first, and the fee as a line of its own', async () => {
    const page = await open();
    expect(await textOf(page.locator('.lot-about').first())).toBe(
      '1º lote R$ 132,00 inclui taxa de R$ 12,00 50 disponíveis',
    );
    expect(await textOf(page.locator('.half-price'))).toContain(
      'De 70 ingressos deste show, 20 são de meia-entrada: 20 disponíveis.',
    );
    await more(page, 'Pista, 1º lote');
    await reserve(page, 'Pista, Meia', 2);
    expect(await textOf(page.locator('.hold .fee'))).toBe('Taxa de conveniência R$ 18,00');
    expect(await textOf(page.locator('.hold .total'))).toBe('Total R$ 198,00');
    expect(pages.complaints).toEqual([]);
  });

  it('is paid by PIX and ends in tickets', async () => {
    const page = await open();
    await toPayment(page);
    await fillIn(page);
    await page.getByRole('button', { name: 'Gerar código PIX de R$ 132,00' }).click();

    await seen(page.getByRole('heading', { name: 'Pague R$ 132,00 com PIX' }));
    await seen(page.getByRole('img', { name: 'QR code do PIX' }));
    expect(await focused(page)).toBe('Pague R$ 132,00 com PIX');
    expect(await page.locator('.pix').getByRole('timer').textContent()).toMatch(/^(9:\d\d|10:00)$/);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copiar código' }).click();
    await seen(page.getByRole('button', { name: 'Código copiado' }));
    const code = await page.evaluate(() => navigator.clipboard.readText());
    expect(code).toMatch(/^000201.*br\.gov\.bcb\.pix.*6304[0-9A-F]{4}$/);

    await money.payNewest();
    await seen(page.locator('.order-card').getByText('Pago', { exact: true }));
    await seen(page.getByRole('img', { name: 'QR code do ingresso nº 1' }));
    const download = page.waitForEvent('download', patient);
    await page.getByRole('button', { name: 'Baixar PDF' }).click();
    const file = await (await download).path();
    expect((await readFile(file)).subarray(0, 5).toString()).toBe('%PDF-');
    expect(pages.complaints).toEqual([]);
  });

  it('goes on where it was after a reload and without a network, at every step', async () => {
    const line = new TcpProxy(house.url);
    const page = await open({ url: await line.open() });
    await toPayment(page);
    await page.reload();
    await seen(page.getByLabel('Nome completo'));
    await page.goBack();
    await seen(page.locator('.lot').first());
    await page.getByRole('button', { name: 'Ir para o pagamento' }).click();
    await fillIn(page);
    await page.getByRole('button', { name: 'Gerar código PIX' }).click();

    const code = page.getByLabel('Código PIX copia e cola');
    const before = await code.inputValue();
    await page.reload();
    expect(await code.inputValue()).toBe(before);

    await page.context().setOffline(true);
    line.cut();
    await seen(page.getByText(/^Sem conexão há/));
    await money.payNewest();
    await page.context().setOffline(false);
    await seen(page.getByRole('img', { name: 'QR code do ingresso nº 1' }));
    await page.reload();
    await seen(page.getByRole('img', { name: 'QR code do ingresso nº 1' }));
    await line.close();
  });

  it('says what is wrong in which field, and is filled in with the keyboard alone', async () => {
    const page = await open();
    await toPayment(page);
    await page.getByRole('button', { name: 'Gerar código PIX' }).click();
    expect(await flaws(page)).toEqual([
      'Escreva o nome, como no documento.',
      'Confira o e-mail: falta algo, como em nome@exemplo.com.',
      'Confira o CPF: são 11 números, e os dois últimos têm de bater.',
      'Escreva o número com DDD, como (11) 98765-4321.',
    ]);
    for (const text of ['Ana Lima', 'ana@example.com', '52998224724', '11987654321']) {
      await page.keyboard.type(text);
      await page.keyboard.press('Tab');
    }
    expect(await flaws(page)).toEqual([
      'Confira o CPF: são 11 números, e os dois últimos têm de bater.',
    ]);
    await page.getByLabel('CPF').fill('52998224725');
    expect(await page.getByLabel('CPF').inputValue()).toBe('529.982.247-25');
    expect(await flaws(page)).toEqual([]);
    await press(page, 'Gerar código PIX de R$ 132,00');
    await seen(page.getByRole('img', { name: 'QR code do PIX' }));
  });

  it('remembers who buys only when asked to, and only here', async () => {
    const page = await open();
    await toPayment(page);
    await fillIn(page);
    await page.getByLabel('Lembrar meus dados').check();
    await page.getByRole('button', { name: 'Gerar código PIX' }).click();
    await seen(page.locator('.order-card'));
    await giveUp(page);
    await toPayment(page);
    expect(await page.getByLabel('E-mail').inputValue()).toBe('ana@example.com');
    await page.getByLabel('Lembrar meus dados').uncheck();
    await page.getByRole('button', { name: 'Gerar código PIX' }).click();
    await seen(page.locator('.order-card'));
    await giveUp(page);
    await page.reload();
    await toPayment(page);
    expect(await page.getByLabel('E-mail').inputValue()).toBe('');
  });

  it('is paid by card, whose number goes to nobody but the provider', async () => {
    const page = await open();
    const sent = listen(page);
    await toPayment(page);
    await fillIn(page);
    await fillInCard(page, goodCard);
    await page.getByRole('button', { name: 'Pagar R$ 132,00 com cartão' }).click();
    await answerBank(page, rightCode);
    await seen(page.getByRole('img', { name: 'QR code do ingresso nº 1' }));
    const toUs = sent.filter(({ url }) => url.startsWith(house.url));
    const toProvider = sent.filter(({ url }) => !url.startsWith(house.url));
    expect(toUs.length).toBeGreaterThan(5);
    expect(toUs.filter(({ text }) => text.includes(goodCard))).toEqual([]);
    expect(toProvider.some(({ text }) => text.includes(goodCard))).toBe(true);
    expect(await storedIn(page)).not.toContain(goodCard);
    expect(pages.complaints).toEqual([]);
  });

  it('tells why a card was refused, and takes another without typing everything again', async () => {
    const page = await open();
    await toPayment(page);
    await fillIn(page);
    await fillInCard(page, refusedCard);
    await page.getByRole('button', { name: 'Pagar R$ 132,00 com cartão' }).click();
    await answerBank(page, rightCode);
    await seen(page.locator('.hold').getByText('O banco recusou o cartão.'));
    expect(await focused(page)).toBe('1 ingresso');

    await page.getByRole('button', { name: 'Ir para o pagamento' }).click();
    expect(await page.getByLabel('Nome completo').inputValue()).toBe('Ana Lima de Souza');
    await fillInCard(page, goodCard);
    await page.getByRole('button', { name: 'Pagar R$ 132,00 com cartão' }).click();
    await answerBank(page, rightCode);
    await seen(page.getByRole('img', { name: 'QR code do ingresso nº 1' }));
  });

  it('is not made when the bank does not know the buyer', async () => {
    const page = await open();
    const before = await money.orders();
    await toPayment(page);
    await fillIn(page);
    await fillInCard(page, goodCard);
    const pay = page.getByRole('button', { name: 'Pagar R$ 132,00 com cartão' });
    await pay.click();
    await answerBank(page, '9');
    await seen(page.getByText('O banco não confirmou que é você.'));
    await pay.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancelar' }).first().click();
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await seen(page.getByText('O banco não confirmou que é você.'));
    expect(await money.orders()).toBe(before);
    expect(pages.complaints).toEqual([]);
  });

  it('says which field of a card is wrong before and after the provider has looked', async () => {
    const page = await open();
    await toPayment(page);
    await fillIn(page);
    await page.getByLabel('Cartão de crédito').check();
    const pay = page.getByRole('button', { name: 'Pagar R$ 132,00 com cartão' });
    await pay.click();
    expect(await flaws(page)).toHaveLength(9);
    await fillInCard(page, '4111111111111112');
    await pay.click();
    await answerBank(page, rightCode);
    await expect.poll(() => flaws(page), patient).toEqual(['Confira o número do cartão.']);
    expect(await focused(page)).toBe('Dados do cartão: Número do cartão');
  });

  it('is still paid by PIX when the provider’s script does not come', async () => {
    const page = await open();
    await page.route('**/tokenizecard.js', (route) => route.abort());
    await toPayment(page);
    await fillIn(page);
    await page.getByLabel('Cartão de crédito').check();
    await seen(page.getByText('O formulário do cartão não carregou.'));
    await page.getByLabel('PIX', { exact: false }).first().check();
    await page.getByRole('button', { name: 'Gerar código PIX' }).click();
    await seen(page.getByRole('img', { name: 'QR code do PIX' }));
  });

  it('is given back ticket by ticket, with the fee', async () => {
    const page = await open();
    await more(page, 'Pista, 1º lote');
    await toPayment(page, 'Pista, Meia', 2);
    await payByPix(page);
    await page.getByRole('button', { name: 'Pedir reembolso' }).click();
    await page.locator('.refund').getByLabel('Ingresso nº 1').uncheck();
    await seen(page.getByText('Voltam R$ 66,00 (R$ 60,00 dos ingressos e R$ 6,00 da taxa)'));
    await page.getByRole('button', { name: 'Devolver 1 ingresso' }).click();
    await seen(page.getByText('Devolvido: não vale mais'));
    await seen(page.getByText('R$ 66,00 devolvidos a você.'));
    expect(await page.getByRole('img', { name: 'QR code do ingresso nº 2' }).count()).toBe(0);

    await page.getByRole('button', { name: 'Pedir reembolso' }).click();
    await page.getByRole('button', { name: 'Devolver 1 ingresso' }).click();
    await seen(page.getByRole('heading', { name: 'Compra reembolsada' }));
    await seen(page.getByText('R$ 198,00 devolvidos a você.'));
    await seen(page.getByText('50 disponíveis'));
    await page.reload();
    await seen(page.getByText('R$ 198,00 devolvidos a você.'));
    expect(pages.complaints).toEqual([]);
  });

  it('says when it is too late to give tickets back', async () => {
    show = await house.createShow({ lots });
    const page = await open();
    await toPayment(page);
    await payByPix(page);
    await seen(page.getByText(/^O prazo para pedir reembolso terminou em /));
    expect(await page.getByRole('button', { name: 'Pedir reembolso' }).count()).toBe(0);
  });

  it('that was given up returns money that comes all the same', async () => {
    const page = await open();
    await toPayment(page);
    await fillIn(page);
    await page.getByRole('button', { name: 'Gerar código PIX' }).click();
    await seen(page.getByRole('img', { name: 'QR code do PIX' }));
    await giveUp(page);
    await seen(page.getByText('50 disponíveis'));
    expect(await page.locator('.notice').count()).toBe(0);
    await money.payNewest();
    await seen(page.getByRole('heading', { name: 'Pagamento devolvido' }));
    await seen(page.getByText('R$ 132,00 devolvidos a você.'));
  });

  it('is paid back whole when the show is cancelled', async () => {
    const page = await open();
    await toPayment(page);
    await payByPix(page);
    const answer = await house.node.commands.submit(show.event, {
      type: 'cancel_show',
      id: newId<CommandId>(),
    });
    expect(answer.accepted).toBe(true);
    await seen(page.getByText('Este show foi cancelado. Quem pagou recebe tudo de volta'));
    await seen(page.getByRole('heading', { name: 'Show cancelado: compra reembolsada' }));
    await seen(page.getByText('R$ 132,00 devolvidos a você.'));
    expect(await page.locator('.lot').count()).toBe(0);
  });

  it.each(['light', 'dark'] as const)(
    'can be read and touched on a small phone: %s',
    async (colorScheme) => {
      const page = await open({ colorScheme });
      const look = async () => {
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width);
        expect(await page.evaluate(findings, ordinary)).toEqual([]);
      };
      await more(page, 'Pista, 1º lote');
      await toPayment(page, 'Pista, Meia', 2);
      await page.getByLabel('Todos os ingressos no meu nome').uncheck();
      await page.getByLabel('Cartão de crédito').check();
      await page.getByRole('button', { name: /^Pagar R/ }).click();
      await look();
      await page.getByLabel('Todos os ingressos no meu nome').check();
      await page.getByLabel('PIX', { exact: false }).first().check();
      await fillIn(page);
      await page.getByRole('button', { name: 'Gerar código PIX' }).click();
      await seen(page.getByRole('img', { name: 'QR code do PIX' }));
      await look();
      await money.payNewest();
      await seen(page.getByRole('img', { name: 'QR code do ingresso nº 2' }));
      await page.getByRole('button', { name: 'Pedir reembolso' }).click();
      await look();
      await page.getByRole('button', { name: 'Devolver 2 ingressos' }).click();
      await seen(page.getByRole('heading', { name: 'Compra reembolsada' }));
      await look();
    },
  );

  async function open({ url = house.url, ...look }: Opening = {}): Promise<Page> {
    const page = await pages.open(new URL(`/shows/${show.slug}`, url).href, look);
    await seen(page.locator('.lot').first());
    return page;
  }

  /** From the form to tickets that can be shown. */
  async function payByPix(page: Page): Promise<void> {
    await fillIn(page);
    await page.getByRole('button', { name: 'Gerar código PIX' }).click();
    await seen(page.getByRole('img', { name: 'QR code do PIX' }));
    await money.payNewest();
    await seen(page.getByRole('img', { name: 'QR code do ingresso nº 1' }));
  }
}

interface Opening extends Look {
  readonly url?: string;
}

/** From the lots to the empty form. */
async function toPayment(page: Page, lot = 'Pista, 1º lote', units = 1): Promise<void> {
  await reserve(page, lot, units);
  await page.getByRole('button', { name: 'Ir para o pagamento' }).click();
  await seen(page.getByLabel('Nome completo'));
}

async function fillIn(page: Page): Promise<void> {
  await page.getByLabel('Nome completo').fill('Ana Lima de Souza');
  await page.getByLabel('E-mail').fill('ana@example.com');
  await page.getByLabel('CPF').fill('529.982.247-25');
  await page.getByLabel('Celular com DDD').fill('(11) 98765-4321');
}

async function fillInCard(page: Page, number: string): Promise<void> {
  await page.getByLabel('Cartão de crédito').check();
  await page.getByLabel('Número do cartão').fill(number);
  await page.getByLabel('Nome impresso no cartão').fill('ANA L SOUZA');
  await page.getByLabel('Mês (MM)').fill('12');
  await page.getByLabel('Ano (AA)').fill('39');
  await page.getByLabel('Código de segurança').fill('123');
  await page.getByLabel('CEP').fill('01310-100');
  await page.getByLabel('Número, rua e bairro').fill('1000, Av. Paulista, Bela Vista');
  await page.getByLabel('Cidade').fill('São Paulo');
  await page.getByLabel('UF').fill('SP');
}

/** The bank's own page, inside ours. */
async function answerBank(page: Page, code: string): Promise<void> {
  const bank = page.getByRole('dialog').frameLocator('iframe');
  await bank.getByLabel('Código').fill(code);
  await bank.getByRole('button', { name: 'Confirmar' }).click();
}

async function giveUp(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Desistir da compra' }).click();
  await page.getByRole('button', { name: 'Sim, desistir' }).click();
  await expect.poll(() => page.locator('.order-card').count(), patient).toBe(0);
}

async function flaws(page: Page): Promise<string[]> {
  return await page.locator('.flaw').allInnerTexts();
}

interface Sent {
  readonly url: string;
  readonly text: string;
}

/** Everything that leaves the page from now on, over HTTP and sockets. */
function listen(page: Page): readonly Sent[] {
  const sent: Sent[] = [];
  page.on('request', (request) => {
    const text = `${request.url()} ${request.postData() ?? ''}`;
    sent.push({ url: request.url(), text });
  });
  page.on('websocket', (socket) => {
    const url = socket.url().replace(/^ws/, 'http');
    socket.on('framesent', ({ payload }) => sent.push({ url, text: payload.toString() }));
  });
  return sent;
}

async function storedIn(page: Page): Promise<string> {
  return await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
}
