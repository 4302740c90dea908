import type { Attachment } from '../../src/ports/mail.ts';
import type { Mailbox } from '../../src/workers/mail/mailbox.ts';

/** A mail as it arrived, whoever delivered it. */
export interface ReceivedMail {
  readonly id: string;
  readonly from: Mailbox;
  readonly to: Mailbox;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Lower-case names of every header. */
  readonly headers: readonly string[];
  readonly attachments: readonly Attachment[];
}
