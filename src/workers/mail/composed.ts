import { createHash } from 'node:crypto';
import type { SendMailOptions } from 'nodemailer';
import type { OutgoingMail } from '../../ports/mail.ts';
import type { Mailbox } from './mailbox.ts';

/** A mail in the words of nodemailer. Nothing in it may make it read a file or an address. */
export function composed(mail: OutgoingMail, from: Mailbox, at?: number): SendMailOptions {
  const { id, to, subject, text, html, attachments } = mail;
  return {
    from: { name: from.name, address: from.email },
    to: { name: to.name, address: to.email },
    subject,
    text,
    html,
    messageId: messageIdOf(id, from),
    headers: { 'X-Notification-Id': id },
    attachments: attachments.map(({ name, type, bytes }) => ({
      filename: name,
      contentType: type,
      content: Buffer.from(bytes),
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(at !== undefined && { date: new Date(at) }),
  };
}

/** The same for the same mail: programs show what came twice once. */
function messageIdOf(id: string, { email }: Mailbox): string {
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 32);
  return `<${hash}@${email.slice(email.lastIndexOf('@') + 1)}>`;
}
