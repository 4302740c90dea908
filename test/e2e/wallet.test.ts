import { type Connection, connect } from '@ingressou/client-sdk';
import { type OrderId, orderCode, UUID_PATTERN } from '@ingressou/protocol';
import { keyRing, slotMs, verifyTicket } from '@ingressou/protocol/ticket';
import { type Browser, chromium, type Page } from 'playwright-core';
import { WebSocket } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../scripts/free-port.ts';
import { verifyOnNode } from '../../src/workers/tickets/node-ed25519.ts';
import { browserArguments } from '../setup/browser-arguments.ts';
import { BuyerPages, findings, ordinary, patient, seen } from '../setup/buyer-page.ts';
import { GateRig, type Scanner } from '../setup/gate-rig.ts';
import { openNode, type TestNode } from '../setup/node.ts';
import { qrTextIn } from '../setup/qr-reader.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { buyTickets } from '../setup/sold-tickets.ts';

// The wallet in a real browser: from the order to the code that a gate reads off its screen.

const executablePath = inject('browser');

if (executablePath === undefined) {
  skipBecause('the wallet', `there is no browser: ${inject('browserMissing')}`);
} else {
  describe('the wallet', { timeout: 120_000 }, tests);
}

function tests(): void {
  let house: TestNode;
  let browser: Browser;
  let pages: BuyerPages;
  let rig: GateRig;
  let gate: Scanner;

  beforeAll(async () => {
    const provider = { type: 'simulator', port: await freePort(), payAfterMs: 0 } as const;
    house = await openNode({ databaseUrl: undefined, provider });
    browser = await chromium.launch({ executablePath: executablePath!, args: browserArguments });
  }, 90_000);
  beforeEach(async () => {
    pages = new BuyerPages(browser);
    rig = await GateRig.open(house, {}, { lots: [{ quantity: 100 }], isRotating: true });
    gate = await rig.scanner(0);
  });
  afterEach(() => pages.close());
  afterAll(async () => {
    await browser?.close();
    await house?.stop();
  });

  it('shows a code that the gate admits, also without a network, and that is soon no more', async () => {
    const { page } = await shopper();
    await page.getByRole('link', { name: 'Abrir na carteira' }).click();
    await page.getByRole('button', { name: 'Abrir neste celular' }).click();
    await seen(page.locator('.live-code .qr'));
    expect(await page.evaluate(findings, ordinary)).toEqual([]);
    await expect.poll(() => page.evaluate(isKept), patient).toBe(true);
    const early = (await codeOn(page)) ?? '';

    await page.context().setOffline(true);
    await page.reload();
    await seen(page.getByText('Sem internet agora. O código continua valendo.'));
    const code = (await codeOn(page)) ?? '';
    expect(await gate.scan(code)).toMatchObject({ verdict: 'admitted', serial: 1 });

    const { event } = rig.show;
    const keys = await house.node.ticketKeys.list(event);
    const listed = keys.map(({ keyId, publicKey }) => ({ keyId, publicKey, isRevoked: false }));
    const later = Date.now() + 3 * slotMs;
    const verified = await verifyTicket(early, keyRing(event, listed), verifyOnNode, later);
    expect(verified).toMatchObject({ isGenuine: false, reason: 'stale_code' });
  });

  it('leads back to its order, before it is opened and after', async () => {
    const { page, order } = await shopper();
    const back = page.getByRole('link', { name: `Voltar ao pedido ${orderCode(order)}` });
    const open = page.getByRole('link', { name: 'Abrir na carteira' });
    await open.click();
    await back.click();
    await open.click();
    await page.getByRole('button', { name: 'Abrir neste celular' }).click();
    await seen(page.locator('.live-code .qr'));
    // Whoever comes by an address without the show finds the way when the ticket says which it is.
    await page.goto(`${house.url}/carteira/${order}/1`);
    await back.click();
    await seen(open);
  });

  it('goes to another phone when its owner says so, and the first one says where it is', async () => {
    const first = await shopper();
    const path = `/carteira/${first.order}/1`;
    await first.page.goto(`${house.url}${path}`);
    await first.page.getByRole('button', { name: 'Abrir neste celular' }).click();
    await seen(first.page.locator('.live-code .qr'));
    const old = (await codeOn(first.page)) ?? '';

    const second = await phoneOf(first.subject, path);
    await second.getByRole('button', { name: 'Abrir neste celular' }).click();
    await seen(second.getByRole('heading', { name: 'Este ingresso está em outro celular' }));
    await second.getByRole('button', { name: 'Trazer para este celular' }).click();
    await seen(second.locator('.live-code .qr'));
    expect((await gate.scan(old)).verdict).toBe('old_revision');
    expect((await gate.scan((await codeOn(second)) ?? '')).verdict).toBe('admitted');

    await first.page.reload();
    await seen(first.page.getByRole('heading', { name: 'Este ingresso foi para outro celular' }));
  });

  /** Somebody with a browser who has bought a ticket, on the page of the show. */
  async function shopper(): Promise<{ page: Page; order: OrderId; subject: string }> {
    const page = await pages.open(`${house.url}/shows/${rig.show.slug}`, { viewport: narrow });
    const subject = await page.waitForFunction(() => localStorage.getItem('ingressou.subject'));
    const id = String(await subject.jsonValue());
    expect(id).toMatch(UUID_PATTERN);
    const token = await house.mintToken({ role: 'CLIENTE', subject: id as never });
    const ana: Connection = connect({ url: house.url, token, webSocket: WebSocket });
    const [order] = await buyTickets(ana, rig.show, 1);
    await ana.orders.tickets(order);
    ana.close();
    return { page, order, subject: id };
  }

  async function phoneOf(subject: string, path: string): Promise<Page> {
    const page = await pages.open(house.url, { viewport: narrow });
    await page.evaluate((id) => localStorage.setItem('ingressou.subject', id), subject);
    await page.goto(`${house.url}${path}`);
    return page;
  }
}

const narrow = { width: 390, height: 844 };

/** What a camera in front of the screen reads. */
async function codeOn(page: Page): Promise<string | undefined> {
  await seen(page.locator('.live-code .qr'));
  const picture = await page.locator('.paper').screenshot({ scale: 'device' });
  return qrTextIn(Uint8Array.from(picture));
}

/** Runs in the page: whether it would open without a network. */
async function isKept(): Promise<boolean> {
  const page = await caches.match('/carteira');
  return page !== undefined && navigator.serviceWorker.controller !== null;
}
