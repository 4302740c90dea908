import { createHash } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import { DeliveryUnavailableError } from '../../ports/mail.ts';
import type { Messages, OutgoingMessage } from '../../ports/messages.ts';
import type { InboxFolder } from '../inbox/inbox-folder.ts';
import { messageText } from './message-texts.ts';
import { sendableMessage } from './sendable-message.ts';

export interface FolderMessagesOptions {
  readonly folder: InboxFolder;
  /** Where the button of a message leads; the suffix is added. */
  readonly linkBase: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** Messages that stay here, in the same inbox as the mails. */
export class FolderMessages implements Messages {
  readonly #options: FolderMessagesOptions;

  constructor(options: FolderMessagesOptions) {
    this.#options = options;
  }

  async send(message: OutgoingMessage): Promise<{ readonly messageId: string }> {
    const checked = sendableMessage(message);
    const { folder, clock, linkBase } = this.#options;
    const { id, phone, template, linkSuffix } = checked;
    const text = messageText(checked);
    const link = linkSuffix === undefined ? {} : { link: `${linkBase}${linkSuffix}` };
    const letter = { id, at: clock.now(), to: `+${phone}`, subject: template, text, ...link };
    try {
      await folder.keep({ ...letter, kind: 'whatsapp' });
    } catch (cause) {
      throw new DeliveryUnavailableError('The folder of messages cannot be written.', { cause });
    }
    return { messageId: `folder.${createHash('sha256').update(id).digest('hex').slice(0, 32)}` };
  }
}
