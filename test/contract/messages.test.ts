import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { DeliveryRefusedError, DeliveryUnavailableError } from '../../src/ports/mail.ts';
import { InboxFolder } from '../../src/workers/inbox/inbox-folder.ts';
import { FolderMessages } from '../../src/workers/messages/folder-messages.ts';
import {
  WhatsAppMessages,
  type WhatsAppOptions,
} from '../../src/workers/messages/whatsapp-messages.ts';
import {
  graphError,
  openWhatsAppStub,
  type WhatsAppStub,
  whatsAppAccount,
} from '../setup/whatsapp-stub.ts';
import { failureOf } from './mail.ts';
import { describeMessages, outgoingMessage } from './messages.ts';

describeMessages('WhatsAppMessages', async () => {
  const stub = await openWhatsAppStub();
  const messages = new WhatsAppMessages({ url: stub.url, ...whatsAppAccount });
  const received = async (id: string) => {
    const found = stub.messages.find((each) => each.id === id);
    if (found === undefined) return undefined;
    return { phone: found.phone, words: [...found.parameters, found.linkSuffix].join('\n') };
  };
  const close = async (): Promise<void> => {
    await messages.close();
    await stub.close();
  };
  return { messages, received, close };
});

describeMessages('FolderMessages', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'messages-'));
  const folder = new InboxFolder({ directory });
  const linkBase = 'http://127.0.0.1:8080/';
  const messages = new FolderMessages({ folder, linkBase, clock: systemClock });
  const received = async (id: string) => {
    const found = (await folder.list(100)).find((each) => each.id === id);
    return found && { phone: found.to.slice(1), words: [found.text, found.link].join('\n') };
  };
  return { messages, received, close: () => rm(directory, { recursive: true }) };
});

describe('WhatsAppMessages', () => {
  let stub: WhatsAppStub;
  const opened: WhatsAppMessages[] = [];
  beforeAll(async () => {
    stub = await openWhatsAppStub();
  });
  afterEach(async () => {
    for (const messages of opened.splice(0)) await messages.close();
    stub.faults.length = 0;
  });
  afterAll(() => stub.close());

  const open = (changes: Partial<WhatsAppOptions> = {}): WhatsAppMessages => {
    const messages = new WhatsAppMessages({ url: stub.url, ...whatsAppAccount, ...changes });
    opened.push(messages);
    return messages;
  };

  it.each([
    [400, 131026, DeliveryRefusedError],
    [400, 131047, DeliveryRefusedError],
    [400, 131049, DeliveryRefusedError],
    [400, 131051, DeliveryRefusedError],
    [400, 132000, DeliveryRefusedError],
    [401, 190, DeliveryUnavailableError],
    [400, 4, DeliveryUnavailableError],
    [400, 80007, DeliveryUnavailableError],
    [400, 130429, DeliveryUnavailableError],
    [400, 131056, DeliveryUnavailableError],
    [404, 132001, DeliveryUnavailableError],
    [400, 132007, DeliveryUnavailableError],
    [400, 132015, DeliveryUnavailableError],
    [400, 133010, DeliveryUnavailableError],
    [500, 131000, DeliveryUnavailableError],
    [400, 999999, DeliveryUnavailableError],
  ])('takes %i with code %i for what it is, and repeats no number', async (status, code, kind) => {
    stub.faults.push(graphError(status, code));
    const failure = await failureOf(open().send(outgoingMessage()));
    expect(failure).toBeInstanceOf(kind);
    expect(String(failure)).toContain(`${status} (${code})`);
    expect(String(failure)).not.toContain('5561');
  });

  it.each([
    [{ status: 502, body: '<html>Bad gateway</html>' }],
    [{ status: 200, body: 'ok' }],
    [{ status: 200, body: 'null' }],
    [{ status: 200, body: '{"messages":[]}' }],
    [{ status: 200, body: '{"messages":[{"id":7}]}' }],
    ['cut'],
  ] as const)('is unavailable after %j', async (fault) => {
    stub.faults.push(fault);
    await expect(open().send(outgoingMessage())).rejects.toThrow(DeliveryUnavailableError);
  });

  it('is unavailable after its deadline and with a token that ended', async () => {
    stub.faults.push('hang');
    const hurried = open({ timeoutMs: 50 });
    await expect(hurried.send(outgoingMessage())).rejects.toThrow(DeliveryUnavailableError);
    await expect(open({ token: 'old' }).send(outgoingMessage())).rejects.toThrow('401 (190)');
  });

  it('calls templates as our account does, under the version it is told', async () => {
    const templates = { tickets_ready: 'ingresso_confirmado' };
    await open({ templates }).send(outgoingMessage());
    expect(stub.messages.at(-1)?.template).toBe('ingresso_confirmado');
    await expect(open({ version: 'v1.0' }).send(outgoingMessage())).rejects.toThrow('404 (100)');
  });
});
