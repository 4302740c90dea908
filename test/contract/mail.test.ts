import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { DeliveryRefusedError, DeliveryUnavailableError } from '../../src/ports/mail.ts';
import { InboxFolder } from '../../src/workers/inbox/inbox-folder.ts';
import { FolderMail } from '../../src/workers/mail/folder-mail.ts';
import { SendGridMail, type SendGridOptions } from '../../src/workers/mail/sendgrid-mail.ts';
import { SmtpMail } from '../../src/workers/mail/smtp-mail.ts';
import { openSendGridStub, type SendGridStub, sendGridKey } from '../setup/sendgrid-stub.ts';
import { openSmtpStub, readMail, type SmtpStub } from '../setup/smtp-stub.ts';
import { describeMail, failureOf, outgoing, sender } from './mail.ts';

describeMail('SendGridMail', async () => {
  const stub = await openSendGridStub();
  const mail = new SendGridMail({ url: stub.url, key: sendGridKey, from: sender });
  const close = async (): Promise<void> => {
    await mail.close();
    await stub.close();
  };
  return { mail, received: async () => stub.mails, close };
});

describeMail('SmtpMail', async () => {
  const stub = await openSmtpStub();
  const mail = new SmtpMail({ url: stub.url, from: sender });
  const close = async (): Promise<void> => {
    mail.close();
    await stub.close();
  };
  return { mail, received: async () => stub.mails, close };
});

describeMail('FolderMail', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'mail-'));
  const folder = new InboxFolder({ directory: path.join(directory, 'new') });
  const mail = new FolderMail({ folder, from: sender, clock: systemClock });
  const received = async () => {
    const names = await readdir(path.join(directory, 'new')).catch(() => []);
    const mails = names.filter((name) => name.endsWith('.eml'));
    return Promise.all(
      mails.map(async (name) => readMail(await readFile(path.join(directory, 'new', name)))),
    );
  };
  return { mail, received, close: () => rm(directory, { recursive: true }) };
});

describe('SendGridMail', () => {
  let stub: SendGridStub;
  const opened: SendGridMail[] = [];
  beforeAll(async () => {
    stub = await openSendGridStub();
  });
  afterEach(async () => {
    for (const mail of opened.splice(0)) await mail.close();
    stub.faults.length = 0;
  });
  afterAll(() => stub.close());

  const open = (changes: Partial<SendGridOptions> = {}): SendGridMail => {
    const mail = new SendGridMail({ url: stub.url, key: sendGridKey, from: sender, ...changes });
    opened.push(mail);
    return mail;
  };

  it('gives the id under which webhooks come', async () => {
    stub.faults.push({ status: 202, headers: { 'X-Message-Id': 'x-1' } });
    expect(await open().send(outgoing())).toEqual({ messageId: 'x-1' });
  });

  it('delivers nothing in the sandbox', async () => {
    const before = stub.mails.length;
    const mail = outgoing();
    expect(await open({ isSandbox: true }).send(mail)).toEqual({ messageId: mail.id });
    expect(stub.mails).toHaveLength(before);
  });

  it.each([
    [400, DeliveryRefusedError],
    [413, DeliveryRefusedError],
    [401, DeliveryUnavailableError],
    [403, DeliveryUnavailableError],
    [429, DeliveryUnavailableError],
    [500, DeliveryUnavailableError],
    [503, DeliveryUnavailableError],
  ])('takes %i for what it is, and repeats no sentence of it', async (status, kind) => {
    const errors = [{ message: 'Bad ana@exemplo.com.br', field: 'personalizations.0.to' }];
    stub.faults.push({ status, body: JSON.stringify({ errors }) });
    const failure = await failureOf(open().send(outgoing()));
    expect(failure).toBeInstanceOf(kind);
    expect(String(failure)).toContain(`${status}: personalizations.0.to`);
    expect(String(failure)).not.toContain('ana@');
  });

  it('is unavailable with a wrong key, without an answer, and after its deadline', async () => {
    await expect(open({ key: 'SG.wrong' }).send(outgoing())).rejects.toThrow('401');
    stub.faults.push('cut', 'hang');
    await expect(open().send(outgoing())).rejects.toThrow(DeliveryUnavailableError);
    const hurried = open({ timeoutMs: 50 });
    await expect(hurried.send(outgoing())).rejects.toThrow(DeliveryUnavailableError);
  });
});

describe('SmtpMail', () => {
  let stub: SmtpStub;
  let mail: SmtpMail;
  beforeAll(async () => {
    stub = await openSmtpStub();
    mail = new SmtpMail({ url: stub.url, from: sender });
  });
  afterAll(async () => {
    mail.close();
    await stub.close();
  });

  it.each([
    ['recipient', 550, DeliveryRefusedError],
    ['recipient', 450, DeliveryUnavailableError],
    ['data', 554, DeliveryRefusedError],
    ['data', 451, DeliveryUnavailableError],
  ] as const)('takes a refusal of the %s with %i for what it is', async (at, code, kind) => {
    stub.refusals.push({ at, code });
    const failure = await failureOf(mail.send(outgoing()));
    expect(failure).toBeInstanceOf(kind);
    expect(String(failure)).toContain(String(code));
    expect(String((failure as Error).cause ?? failure)).not.toContain('ana@');
  });

  it('gives the same mail the same id, so that a second copy is recognised', async () => {
    const twice = outgoing();
    expect(await mail.send(twice)).toEqual(await mail.send(twice));
  });

  it('is unavailable when the server turns it away, or is not there', async () => {
    stub.refusals.push({ at: 'greeting', code: 554 });
    const fresh = new SmtpMail({ url: stub.url, from: sender });
    await expect(fresh.send(outgoing())).rejects.toThrow(DeliveryUnavailableError);
    fresh.close();
    const nowhere = new SmtpMail({ url: 'smtp://127.0.0.1:1', from: sender });
    await expect(nowhere.send(outgoing())).rejects.toThrow(DeliveryUnavailableError);
    nowhere.close();
  });
});

describe('FolderMail', () => {
  it('is unavailable when its folder is a file', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'mail-'));
    const file = path.join(directory, 'file');
    await writeFile(file, '');
    const folder = new InboxFolder({ directory: file });
    const mail = new FolderMail({ folder, from: sender, clock: systemClock });
    await expect(mail.send(outgoing())).rejects.toThrow(DeliveryUnavailableError);
    await rm(directory, { recursive: true });
  });
});
