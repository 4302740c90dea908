import { createTransport } from 'nodemailer';
import type { Clock } from '../../ports/clock.ts';
import { DeliveryUnavailableError, type Mail, type OutgoingMail } from '../../ports/mail.ts';
import type { InboxFolder } from '../inbox/inbox-folder.ts';
import { composed } from './composed.ts';
import type { Mailbox } from './mailbox.ts';
import { sendable } from './sendable.ts';

export interface FolderMailOptions {
  readonly folder: InboxFolder;
  readonly from: Mailbox;
  readonly clock: Pick<Clock, 'now'>;
}

/** Mail that stays here: made as it would leave, and kept for the inbox of developers. */
export class FolderMail implements Mail {
  readonly #options: FolderMailOptions;
  readonly #composer = createTransport({ streamTransport: true, buffer: true });

  constructor(options: FolderMailOptions) {
    this.#options = options;
  }

  async send(mail: OutgoingMail): Promise<{ readonly messageId: string }> {
    const { id, to, subject, text, html, attachments } = sendable(mail);
    const { folder, from, clock } = this.#options;
    const at = clock.now();
    const letter = { id, at, to: `${to.name} <${to.email}>`.trim(), subject, text, html };
    try {
      const message = composed({ id, to, subject, text, html, attachments }, from, at);
      const { message: eml, messageId } = await this.#composer.sendMail(message);
      await folder.keep({ ...letter, kind: 'mail' }, attachments, bytesIn(eml));
      return { messageId };
    } catch (cause) {
      throw new DeliveryUnavailableError('The folder of mails cannot be written.', { cause });
    }
  }
}

/** The composer gives bytes, as it is told to; its type says that it might not. */
function bytesIn(eml: unknown): Uint8Array {
  return eml instanceof Uint8Array ? eml : new Uint8Array();
}
