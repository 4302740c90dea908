import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InboxFolder } from './inbox-folder.ts';
import { InboxPages } from './inbox-pages.ts';

const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>`;

describe('the inbox of developers', () => {
  let directory: string;
  let folder: InboxFolder;
  let pages: InboxPages;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'inbox-'));
    folder = new InboxFolder({ directory });
    pages = new InboxPages(folder);
  });
  afterEach(() => rm(directory, { recursive: true }));

  const keepMail = async (at = 1_790_000_000_000): Promise<string> => {
    const bytes = Buffer.from('%PDF');
    const letter = { id: evil, kind: 'mail', at, to: evil, subject: evil, text: evil } as const;
    const html = `<!doctype html><html><head></head><body>${evil}</body></html>`;
    const files = [{ name: `../${evil}\r\n.pdf`, type: 'text/html', bytes }];
    await folder.keep({ ...letter, html }, files, Buffer.from('From: x'));
    return (await folder.list(1))[0]!.name;
  };

  it('says what to do while it is empty', async () => {
    const { status, body } = await pages.page('');
    expect(status).toBe(200);
    expect(body).toContain('Nada foi enviado ainda');
  });

  it('lists mails and messages, the newest first', async () => {
    await keepMail(1_790_000_000_000);
    const message = { id: 'm', kind: 'whatsapp', to: '+55', subject: 'tickets_ready' } as const;
    await folder.keep({ ...message, at: 1_790_000_001_000, text: 'Olá, Ana' });
    const { body } = await pages.page('');
    expect(String(body)).toMatch(/Olá, Ana[\s\S]*WhatsApp[\s\S]*E-mail/);
  });

  it('shows what somebody typed as text', async () => {
    const name = await keepMail();
    for (const where of ['', `letter/${name}`]) {
      const { body, headers } = await pages.page(where);
      expect(body).not.toMatch(/<script|<img/i);
      expect(body).toContain('&#60;script&#62;');
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    }
  });

  it('shows the HTML of a mail where it can do nothing', async () => {
    const { body, headers } = await pages.page(`html/${await keepMail()}`);
    expect(body).toContain('<base target="_blank">');
    const policy = headers['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/sandbox allow-popups allow-popups-to-escape-sandbox$/);
    expect(policy).not.toMatch(/script|allow-same-origin/);
  });

  it('gives attachments and mails to be saved, never shown', async () => {
    const name = await keepMail();
    const file = await pages.page(`file/${name}.0`);
    expect(Buffer.from(file.body).toString()).toBe('%PDF');
    expect(file.headers['content-type']).toBe('application/octet-stream');
    expect(file.headers['content-disposition']).toMatch(/^attachment; filename="[A-Za-z0-9._-]+"$/);
    const eml = await pages.page(`eml/${name}`);
    expect(Buffer.from(eml.body).toString()).toBe('From: x');
  });

  it.each([
    'letter/',
    'letter/../../../etc/passwd',
    'letter/1790000000000-aaaaaaaaaaaa',
    'html/%2e%2e',
    'eml/x',
    'file/x',
    'file/1790000000000-aaaaaaaaaaaa.0',
    'file/..',
    'file/1790000000000-aaaaaaaaaaaa.99',
    'other',
    'letter',
    '__proto__/constructor',
  ])('knows nothing at %j', async (where) => {
    await keepMail();
    expect((await pages.page(where)).status).toBe(404);
  });

  it('knows no attachment that a mail does not have', async () => {
    const name = await keepMail();
    for (const index of ['1', '-1', '0x0', '1e0', '']) {
      expect((await pages.page(`file/${name}.${index}`)).status).toBe(404);
    }
  });

  it('forgets the oldest ones', async () => {
    for (let at = 1; at <= 203; at += 1) {
      await folder.keep({ id: 'x', kind: 'mail', at, to: '', subject: '', text: '' });
    }
    const kept = await folder.list(1_000);
    expect([kept.length, kept[0]?.at, kept.at(-1)?.at]).toEqual([200, 203, 4]);
  });
});
