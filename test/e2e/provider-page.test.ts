import http from 'node:http';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { listenLow } from '../setup/listen-low.ts';
import {
  cardRequest,
  openPaymentStage,
  type PaymentStage,
  pixRequest,
} from '../setup/payment-stage.ts';
import { skipBecause } from '../setup/skip-because.ts';

// The simulated provider in a real browser: its own page, and its scripts inside a shop's page.

const executablePath = inject('browser');
const patient = { timeout: 15_000 };
const widths = [1280, 360];

if (executablePath === undefined) {
  skipBecause("the simulated provider's page", `there is no browser: ${inject('browserMissing')}`);
} else {
  describe("the simulated provider's page", tests);
}

function tests(): void {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let stage: PaymentStage;
  let complaints: string[];

  beforeAll(async () => {
    const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];
    browser = await chromium.launch({ executablePath: executablePath ?? '', args });
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    complaints = [];
    stage = await openPaymentStage({ payAfterMs: 'by_hand' });
    context = await browser.newContext({ locale: 'pt-BR' });
    page = await context.newPage();
    page.setDefaultTimeout(patient.timeout);
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterEach(async () => {
    await context.close();
    await stage.close();
    expect(complaints).toEqual([]);
  });

  async function statusOf(id: string): Promise<string | undefined> {
    const order = await stage.payments.order(id);
    return order?.charges[0]?.status;
  }

  it('says what it is for when there is nothing yet', async () => {
    await page.goto(stage.simulator.url);
    await page.getByText('Nenhum pedido ainda').waitFor();
  });

  it('is where a PIX is paid, paid again, and disputed', async () => {
    const { id } = await stage.payments.create(pixRequest());
    await page.goto(stage.simulator.url);
    await page.getByRole('button', { name: 'Pagar', exact: true }).click();
    await page.getByText('Pago', { exact: true }).waitFor();
    expect(await statusOf(id)).toBe('paid');
    await page.getByRole('button', { name: 'Pagar de novo' }).click();
    await page.getByText('Pago a mais').waitFor();
    await page.getByRole('button', { name: 'Contestar' }).click();
    await page.getByText('Contestado', { exact: true }).waitFor();
    expect(await statusOf(id)).toBe('chargedback');
  });

  it('is where a PIX is refused and then paid late', async () => {
    const { id } = await stage.payments.create(pixRequest());
    await page.goto(stage.simulator.url);
    await page.getByRole('button', { name: 'Recusar' }).click();
    await page.getByRole('button', { name: 'Pagar com atraso' }).click();
    await page.getByText('Pago', { exact: true }).waitFor();
    expect(await statusOf(id)).toBe('paid');
  });

  it('is where somebody pays another amount', async () => {
    const { id } = await stage.payments.create(pixRequest());
    await page.goto(stage.simulator.url);
    await page.getByText('Valor errado').click();
    await page.getByLabel('Valor em reais').fill('65,90');
    await page.getByRole('button', { name: 'Pagar este valor' }).click();
    await page.getByText('Pago a menos').waitFor();
    const order = await stage.payments.order(id);
    expect(order?.charges).toMatchObject([{ status: 'underpaid', paidCents: 6_590 }]);
  });

  it('shows new orders by itself, and fits every screen', async () => {
    await page.goto(stage.simulator.url);
    await stage.payments.create(pixRequest());
    await page.getByText('Aguardando pagamento').waitFor();
    for (const width of widths) {
      await page.setViewportSize({ width, height: 740 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
  });

  describe('a shop', () => {
    let shop: http.Server;
    let url: string;

    beforeEach(async () => {
      shop = http.createServer((_, response) => {
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.end(shopPage(stage));
      });
      url = `http://127.0.0.1:${await listenLow(shop)}`;
    });
    afterEach(async () => {
      shop.closeAllConnections();
      await new Promise((resolve) => shop.close(resolve));
    });

    async function tokenFrom(number: string, cvv = '123'): Promise<string> {
      await page.goto(url);
      await page.fill('[name=number]', number);
      await page.fill('[name=cvv]', cvv);
      await page.click('button');
      await page.waitForSelector('output:not(:empty)');
      return (await page.textContent('output')) ?? '';
    }

    it('gets a token for a card that it never sees', async () => {
      const data = JSON.parse(await tokenFrom('4111 1111 1111 1111')) as Record<string, string>;
      expect(Object.keys(data).sort()).toEqual(['coupon', 'pagarmetoken', 'pagarmetoken-0']);
      const order = await stage.payments.create(cardRequest(data.pagarmetoken!));
      expect(order).toMatchObject({ status: 'paid' });
    });

    it('is told what is wrong with a card', async () => {
      const answer = await tokenFrom('4111 1111 1111 1112');
      expect(answer).toContain('request.card.number');
      expect(complaints.splice(0)).toEqual([expect.stringContaining('422')]);
    });

    const codes = [
      { code: '1234', result: 'Y', order: { status: 'paid' } },
      { code: '0000', result: 'N', order: { charges: [{ refusal: 'challenge_failed' }] } },
    ];

    it.each(codes)('lets the bank ask the buyer: $code is $result', async (row) => {
      const { pagarmetoken } = JSON.parse(await tokenFrom('4111 1111 1111 1111'));
      const token = await stage.payments.challengeToken();
      const number = '4111111111111111';
      const proof = page.evaluate(prove, { token, number });
      const bank = page.frameLocator('#challengeContainer iframe');
      await bank.getByLabel('Código').fill(row.code);
      await bank.getByRole('button', { name: 'Confirmar' }).click();
      const [result] = (await proof) as Proof[];
      expect(result).toMatchObject({ trans_status: row.result, challenge_canceled: false });
      const request = cardRequest(pagarmetoken);
      const challenge = { transaction: result!.tds_server_trans_id };
      const card = { ...request.card!, challenge };
      expect(await stage.payments.create({ ...request, card })).toMatchObject(row.order);
    });

    it('hears that the bank asks for nothing', async () => {
      await page.goto(url);
      const token = await stage.payments.challengeToken();
      const [result] = (await page.evaluate(prove, {
        token,
        number: '4000000000000010',
      })) as Proof[];
      expect(result).toMatchObject({ trans_status: 'Y' });
    });
  });
}

interface Proof {
  readonly trans_status: string;
  readonly tds_server_trans_id: string;
}

/** Runs in the shop's page, as its own script would. */
function prove({ token, number }: { token: string; number: string }): Promise<unknown> {
  const { TDS } = window as unknown as {
    TDS: { init(options: object, order: object): Promise<unknown> };
  };
  const options = {
    token,
    tds_method_container_element: document.getElementById('tdsMethodContainer'),
    challenge_container_element: document.getElementById('challengeContainer'),
    challenge_window_size: '03',
  };
  const credit_card = { card: { number } };
  return TDS.init(options, { payments: [{ amount: 6_600, credit_card }] });
}

function shopPage({ simulator: { scripts, publicKey } }: PaymentStage): string {
  const field = (name: string, value = '') =>
    `<input name="${name}" value="${value}" data-pagarmecheckout-element="${name}">`;
  return `<!doctype html><html lang="pt-BR"><title>Loja</title><link rel="icon" href="data:,">
    <form data-pagarmecheckout-form>
      ${field('holder_name', 'J CANARIO')} ${field('number')} ${field('exp_month', '12')}
      ${field('exp_year', '30')} ${field('cvv')} <input name="coupon" value="X">
      <button>Pagar</button>
    </form>
    <output></output>
    <div id="tdsMethodContainer" style="display: none"></div>
    <div id="challengeContainer"></div>
    <script src="${scripts.tokenize}" data-pagarmecheckout-app-id="${publicKey}"></script>
    <script src="${scripts.challenge}"></script>
    <script>
      const show = (data) => { document.querySelector('output').textContent = JSON.stringify(data); };
      PagarmeCheckout.init(show, show);
    </script></html>`;
}
