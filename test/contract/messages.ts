import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeliveryRefusedError } from '../../src/ports/mail.ts';
import type { Messages, OutgoingMessage } from '../../src/ports/messages.ts';
import { failureOf } from './mail.ts';

export interface OpenMessages {
  readonly messages: Messages;
  /** What arrived under our id: where, and every word of it. */
  received(id: string): Promise<{ readonly phone: string; readonly words: string } | undefined>;
  close(): Promise<void>;
}

/** A message with what a test needs different. */
export function outgoingMessage(changes: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    id: `notification.whatsapp:${randomUUID()}:1:tickets`,
    phone: '5561999999999',
    template: 'tickets_ready',
    parameters: ['Ana', 'Noite de Teste', 'Sábado, 7 de março, às 21:00'],
    linkSuffix: 'pedidos/abc123',
    ...changes,
  };
}

/** What every Messages promises. An adapter is done when this passes. */
export function describeMessages(name: string, open: () => Promise<OpenMessages>): void {
  describe(`${name} keeps the Messages contract`, () => {
    let opened: OpenMessages;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    it('delivers every value and the link', async () => {
      const message = outgoingMessage();
      const { messageId } = await opened.messages.send(message);
      expect(messageId).toMatch(/^\S{8,}$/);
      const got = await opened.received(message.id);
      expect(got?.phone).toBe(message.phone);
      for (const value of message.parameters) expect(got?.words).toContain(value);
      expect(got?.words).toContain('pedidos/abc123');
    });

    it('delivers without a link', async () => {
      const { linkSuffix: _, ...message } = outgoingMessage();
      await opened.messages.send(message);
      expect(await opened.received(message.id)).toBeDefined();
    });

    it('makes one line of what somebody typed, and a dash of nothing', async () => {
      const parameters = ['Ana\r\n\tMaria      da\u2028Silva', '', 'x'.repeat(5_000)];
      const message = outgoingMessage({ parameters });
      await opened.messages.send(message);
      const got = await opened.received(message.id);
      expect(got?.words).toContain('Ana Maria da Silva');
      expect(got?.words).toContain('–');
      expect(got?.words.length).toBeLessThan(1_000);
    });

    it.each(['', '+5561999999999', '61 99999', '0123456789', '5561', '1'.repeat(16), '55619999a'])(
      'refuses the number %j and tells nobody',
      async (phone) => {
        const message = outgoingMessage({ phone });
        const failure = await failureOf(opened.messages.send(message));
        expect(failure).toBeInstanceOf(DeliveryRefusedError);
        if (phone !== '') expect(String(failure)).not.toContain(phone);
        expect(await opened.received(message.id)).toBeUndefined();
      },
    );

    it.each([
      [{ parameters: ['Ana'] }],
      [{ parameters: ['a', 'b', 'c', 'd'] }],
      [{ template: 'order_refunded', parameters: [] }],
      [{ linkSuffix: '' }],
      [{ linkSuffix: 'a b' }],
      [{ linkSuffix: 'x\r\ny' }],
    ] as const)('refuses %j', async (changes) => {
      const sending = opened.messages.send(outgoingMessage(changes));
      await expect(sending).rejects.toThrow(DeliveryRefusedError);
    });
  });
}
