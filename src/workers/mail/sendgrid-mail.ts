import {
  DeliveryRefusedError,
  DeliveryUnavailableError,
  type Mail,
  type OutgoingMail,
} from '../../ports/mail.ts';
import { Deliverer } from '../deliverer.ts';
import type { Mailbox } from './mailbox.ts';
import { sendable } from './sendable.ts';

export interface SendGridOptions {
  readonly key: string;
  readonly from: Mailbox;
  /** `https://api.sendgrid.com`, or the European one. */
  readonly url?: string;
  /** SendGrid checks everything and delivers nothing. */
  readonly isSandbox?: boolean;
  /** How long its answer may take. */
  readonly timeoutMs?: number;
}

/** Mail through the HTTP API of SendGrid. What it knows of our id comes back with its webhooks. */
export class SendGridMail implements Mail {
  readonly #options: SendGridOptions;
  readonly #deliverer: Deliverer;

  constructor(options: SendGridOptions) {
    const { key: token, timeoutMs = 10_000 } = options;
    this.#options = options;
    this.#deliverer = new Deliverer({ name: 'SendGrid', token, timeoutMs });
  }

  async send(mail: OutgoingMail): Promise<{ readonly messageId: string }> {
    const { url = 'https://api.sendgrid.com' } = this.#options;
    const body = bodyOf(sendable(mail), this.#options);
    const { status, headers, text } = await this.#deliverer.post(`${url}/v3/mail/send`, body);
    if (status >= 300) throw failureOf(status, text);
    // The sandbox gives none: then no word about the delivery will come either.
    const messageId = headers['x-message-id'];
    return { messageId: typeof messageId === 'string' ? messageId : mail.id };
  }

  /** Ends every request under way. */
  close(): Promise<void> {
    return this.#deliverer.close();
  }
}

function bodyOf(mail: OutgoingMail, { from, isSandbox = false }: SendGridOptions): object {
  const { id, to, subject, text, html, attachments } = mail;
  return {
    personalizations: [{ to: [named(to)], custom_args: { notif_id: id } }],
    from: named(from),
    subject,
    content: [
      { type: 'text/plain', value: text },
      { type: 'text/html', value: html },
    ],
    ...(attachments.length > 0 && { attachments: attachments.map(encoded) }),
    mail_settings: { sandbox_mode: { enable: isSandbox } },
    // Links must lead where they say, and whether somebody reads a mail is theirs to know.
    tracking_settings: { click_tracking: { enable: false }, open_tracking: { enable: false } },
  };
}

/** SendGrid refuses a name that is empty. */
function named({ name, email }: Mailbox): object {
  return name === '' ? { email } : { email, name };
}

function encoded({ name, type, bytes }: OutgoingMail['attachments'][number]): object {
  const content = Buffer.from(bytes).toString('base64');
  return { content, type, filename: name, disposition: 'attachment' };
}

/**
 * Only what is wrong with this mail is for good: a wrong key, a sender that is not verified and a
 * limit are the operator's, and the mail waits for them.
 */
function failureOf(status: number, text: string): Error {
  const words = `SendGrid answered ${status}: ${fieldsIn(text)}.`;
  const isOurs = status === 400 || status === 413;
  return isOurs ? new DeliveryRefusedError(words) : new DeliveryUnavailableError(words);
}

/** Which fields it complains about. Its sentences may quote addresses, so nobody sees them. */
function fieldsIn(text: string): string {
  const fields = [...text.matchAll(/"field"\s*:\s*"([a-z0-9_.]{1,80})"/gi)].map(([, name]) => name);
  return fields.join(', ') || 'no field named';
}
