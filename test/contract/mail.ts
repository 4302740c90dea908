import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeliveryRefusedError, type Mail, type OutgoingMail } from '../../src/ports/mail.ts';
import type { ReceivedMail } from '../setup/received-mail.ts';

export interface OpenMail {
  readonly mail: Mail;
  /** What arrived, the oldest first. */
  received(): Promise<readonly ReceivedMail[]>;
  close(): Promise<void>;
}

export const sender = { name: 'Ingressou', email: 'ingressos@ingressou.exemplo.com.br' };

/** A mail with what a test needs different. */
export function outgoing(changes: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    id: `notification.email:${randomUUID()}:1:tickets`,
    to: { name: 'Ana Conceição', email: 'ana@exemplo.com.br' },
    subject: 'Seus ingressos: Noite de Teste',
    text: 'Olá, Ana!\n\nAté já.',
    html: '<p>Olá, Ana! <b>Até já.</b></p>',
    attachments: [],
    ...changes,
  };
}

/** What every Mail promises. An adapter is done when this passes. */
export function describeMail(name: string, open: () => Promise<OpenMail>): void {
  describe(`${name} keeps the Mail contract`, () => {
    let opened: OpenMail;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    const arrived = async (mail: OutgoingMail): Promise<ReceivedMail | undefined> => {
      return (await opened.received()).find(({ id }) => id === mail.id);
    };

    it('delivers all that a mail says', async () => {
      const bytes = Uint8Array.from({ length: 3_000 }, (_, index) => index % 256);
      const attachments = [{ name: 'ingressos.pdf', type: 'application/pdf', bytes }];
      const mail = outgoing({ attachments });
      const { messageId } = await opened.mail.send(mail);
      expect(messageId).toMatch(/^\S{8,}$/);
      expect(await arrived(mail)).toMatchObject({ ...mail, from: sender });
    });

    it('carries an id as long as they may be', async () => {
      const mail = outgoing({ id: `notification.email:${'x'.repeat(181)}` });
      await opened.mail.send(mail);
      expect(await arrived(mail)).toBeDefined();
    });

    it('delivers letters of every alphabet', async () => {
      const mail = outgoing({
        to: { name: 'Żółć 李小龍', email: 'ana@exemplo.com.br' },
        subject: 'Ação e emoção ♥ — «Água» '.repeat(4).trim(),
        text: '日本語 ✓',
      });
      await opened.mail.send(mail);
      const { to, subject, text } = mail;
      expect(await arrived(mail)).toMatchObject({ to, subject, text });
    });

    it('delivers to somebody without a name', async () => {
      const mail = outgoing({ to: { name: '', email: 'ana@exemplo.com.br' } });
      await opened.mail.send(mail);
      expect((await arrived(mail))?.to).toEqual(mail.to);
    });

    it.each([
      ['name', (evil: string) => ({ to: { name: `Ana${evil}`, email: 'ana@exemplo.com.br' } })],
      ['subject', (evil: string) => ({ subject: `Show${evil}` })],
      [
        'attachment',
        (evil: string) => ({
          attachments: [{ name: `a${evil}"`, type: 'text/plain', bytes: new Uint8Array([1]) }],
        }),
      ],
      [
        'type',
        (evil: string) => ({
          attachments: [{ name: 'a', type: `text/plain${evil}`, bytes: new Uint8Array([1]) }],
        }),
      ],
    ] as const)('makes no header of a line break in a %s', async (_, changes) => {
      for (const end of ['\r\n', '\n', '\r', '\u2028', '\r\n\r\n', '\0\n']) {
        const mail = outgoing(changes(`${end}Bcc: eve@exemplo.com.br${end}X-Evil: 1`));
        await opened.mail.send(mail);
        const got = await arrived(mail);
        expect(got?.headers).not.toContain('bcc');
        expect(got?.headers).not.toContain('x-evil');
        expect(got?.text).toBe(mail.text);
        expect(got?.to.email).toBe('ana@exemplo.com.br');
      }
    });

    it.each([
      'ana',
      'ana@',
      '@exemplo.com.br',
      'ana@exemplo',
      'ana@exemplo.com.br\r\nBcc: eve@exemplo.com.br',
      'ana@exemplo.com.br, eve@exemplo.com.br',
      'Ana <ana@exemplo.com.br>',
      '"a b"@exemplo.com.br',
      `${'a'.repeat(250)}@exemplo.com.br`,
      '',
    ])('refuses the address %j and tells nobody', async (email) => {
      const before = (await opened.received()).length;
      const failure = await failureOf(opened.mail.send(outgoing({ to: { name: 'Ana', email } })));
      expect(failure).toBeInstanceOf(DeliveryRefusedError);
      expect(String(failure)).not.toMatch(/ana|eve/i);
      expect(await opened.received()).toHaveLength(before);
    });

    it('refuses what no mailbox takes', async () => {
      const bytes = new Uint8Array(16 * 1024 * 1024);
      const mail = outgoing({ attachments: [{ name: 'a', type: 'text/plain', bytes }] });
      await expect(opened.mail.send(mail)).rejects.toThrow(DeliveryRefusedError);
    });

    it('makes no link of what somebody calls himself', async () => {
      const mail = outgoing({
        to: { name: 'Ganhe já: http://eve.exemplo.com/x', email: 'ana@exemplo.com.br' },
      });
      await opened.mail.send(mail);
      expect((await arrived(mail))?.to.name).toBe('Ganhe já http eve. exemplo. com x');
    });

    it('delivers many at once', async () => {
      const mails = Array.from({ length: 20 }, () => outgoing());
      await Promise.all(mails.map((mail) => opened.mail.send(mail)));
      for (const mail of mails) expect(await arrived(mail)).toBeDefined();
    });
  });
}

/** What a promise rejects with; undefined when it does not. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (failure: unknown) => failure,
  );
}
