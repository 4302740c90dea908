import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { inboxRoutes } from '../../src/transport/inbox-routes.ts';
import { InboxFolder } from '../../src/workers/inbox/inbox-folder.ts';
import { InboxPages } from '../../src/workers/inbox/inbox-pages.ts';
import { FolderMail } from '../../src/workers/mail/folder-mail.ts';
import { FolderMessages } from '../../src/workers/messages/folder-messages.ts';
import { ticketsReadyMail } from '../../src/workers/templates/tickets-ready.ts';
import { browserArguments } from '../setup/browser-arguments.ts';
import { ticketsReady } from '../setup/order-mails.ts';
import { type RouteServer, serveRoutes } from '../setup/route-server.ts';
import { skipBecause } from '../setup/skip-because.ts';

// The inbox of developers in a real browser: a mail is shown as it looks, and can do nothing.

const executablePath = inject('browser');
const to = { name: 'Ana Conceição', email: 'ana@exemplo.com.br' };
const from = { name: 'Ingressou', email: 'ingressos@exemplo.com.br' };
const evil = `<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a>`;

if (executablePath === undefined) {
  skipBecause('the inbox in a browser', `there is no browser: ${inject('browserMissing')}`);
} else {
  describe('the inbox of developers', tests);
}

function tests(): void {
  let directory: string;
  let server: RouteServer;
  let browser: Browser;
  let mail: FolderMail;
  let messages: FolderMessages;
  let context: BrowserContext;
  /** What pages complained about, and dialogs that opened. */
  let complaints: string[];

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: executablePath ?? '',
      args: browserArguments,
    });
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    complaints = [];
    directory = await mkdtemp(path.join(tmpdir(), 'inbox-'));
    const folder = new InboxFolder({ directory });
    server = await serveRoutes(inboxRoutes(new InboxPages(folder)));
    mail = new FolderMail({ folder, from, clock: systemClock });
    messages = new FolderMessages({ folder, linkBase: `${server.url}/`, clock: systemClock });
  });
  afterEach(async () => {
    await context.close();
    server.close();
    await rm(directory, { recursive: true });
  });

  const open = async (width = 360): Promise<Page> => {
    context = await browser.newContext({ viewport: { width, height: 740 } });
    const page = await context.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      complaints.push('a dialog');
      void dialog.dismiss();
    });
    await page.goto(`${server.url}/dev/inbox`);
    return page;
  };
  const isWide = (page: Page): Promise<boolean> =>
    page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);

  it.each([360, 1_280])('shows a mail as it looks, at %i pixels', async (width) => {
    await mail.send({ id: 'a', to, ...ticketsReadyMail(ticketsReady), attachments: [] });
    const page = await open(width);
    expect(await isWide(page)).toBe(false);
    await page.getByRole('link', { name: /Seus ingressos: Noite de Samba/ }).click();
    const shown = page.frameLocator('iframe');
    await shown.getByRole('heading', { name: 'Seus 2 ingressos estão prontos' }).waitFor();
    expect(await shown.getByRole('link', { name: 'Ver meus ingressos' }).isVisible()).toBe(true);
    expect(await isWide(page)).toBe(false);
    expect(complaints).toEqual([]);
  });

  it('shows a message with its link', async () => {
    const parameters = ['Ana', 'Noite de Samba', 'Sábado'];
    const template = 'tickets_ready';
    await messages.send({ id: 'b', phone: '5561999999999', template, parameters, linkSuffix: 'x' });
    const page = await open();
    await page.getByRole('link', { name: /Olá, Ana! Seus ingressos/ }).click();
    expect(await page.getByRole('link', { name: `${server.url}/x` }).isVisible()).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('gives the attachment as a file', async () => {
    const bytes = Buffer.from('%PDF-1.7');
    const attachments = [{ name: 'ingressos.pdf', type: 'application/pdf', bytes }];
    await mail.send({ id: 'a', to, ...ticketsReadyMail(ticketsReady), attachments });
    const page = await open();
    await page.getByRole('link', { name: /Seus ingressos/ }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'ingressos.pdf' }).click();
    expect((await download).suggestedFilename()).toBe('ingressos.pdf');
  });

  it('lets nothing in a letter run, not even in a mail that is nothing but scripts', async () => {
    const html = `<html><head></head><body><h1>Eu</h1>${evil}</body></html>`;
    await mail.send({ id: evil, to, subject: evil, text: evil, html, attachments: [] });
    const page = await open();
    await page.getByRole('link', { name: /script/ }).click();
    const shown = page.frameLocator('iframe');
    await shown.getByRole('heading', { name: 'Eu' }).waitFor();
    await shown.getByRole('link', { name: 'x' }).click();
    await page.goto(
      new URL((await page.locator('iframe').getAttribute('src')) ?? '', server.url).href,
    );
    await page.getByRole('heading', { name: 'Eu' }).waitFor();
    expect(complaints).not.toContain('a dialog');
    expect(complaints.join('\n')).toMatch(/violates the following Content Security Policy/);
  });
}
