import path from 'node:path';
import { systemClock as clock } from './clock.ts';
import { type Config, ConfigError } from './config.ts';
import type { OpenShows } from './node-shows.ts';
import type { OpenStore } from './node-store.ts';
import type { Inbox } from './ports/inbox.ts';
import type { Mail } from './ports/mail.ts';
import type { Messages } from './ports/messages.ts';
import type { Objects } from './ports/objects.ts';
import { FolderObjects } from './store/objects/folder-objects.ts';
import { S3Objects } from './store/objects/s3-objects.ts';
import { DocumentRenderer } from './workers/documents/document-renderer.ts';
import { InboxFolder } from './workers/inbox/inbox-folder.ts';
import { InboxPages } from './workers/inbox/inbox-pages.ts';
import { FolderMail } from './workers/mail/folder-mail.ts';
import { type Mailbox, parseMailbox } from './workers/mail/mailbox.ts';
import { SendGridMail } from './workers/mail/sendgrid-mail.ts';
import { SmtpMail } from './workers/mail/smtp-mail.ts';
import { FolderMessages } from './workers/messages/folder-messages.ts';
import { WhatsAppMessages } from './workers/messages/whatsapp-messages.ts';
import { TicketFiles } from './workers/ticket-files.ts';

/** How things reach buyers: mails, messages and files. */
export interface OpenDelivery {
  readonly mail: Mail;
  readonly messages: Messages;
  readonly objects: Objects;
  readonly files: TicketFiles;
  /** What was delivered to nobody; undefined when everything leaves. */
  readonly inbox: Inbox | undefined;
  close(): Promise<void>;
}

/** @throws {ConfigError} MAIL_FROM is no address */
export function openDelivery(config: Config, shows: OpenShows, store: OpenStore): OpenDelivery {
  const from = parseMailbox(config.mail.from);
  if (from === undefined) {
    throw new ConfigError('MAIL_FROM must look like Ingressou <ingressos@example.com>');
  }
  const folder = new InboxFolder({ directory: path.join(config.dataDirectory, 'mail') });
  const objects = openObjects(config);
  const documents = new DocumentRenderer({ clock });
  const { commands } = shows;
  const mail = openMail(config, from, folder);
  const messages = openMessages(config, folder);
  const keepsAny = config.mail.type === 'folder' || config.whatsapp === undefined;
  return {
    mail,
    messages,
    objects,
    files: new TicketFiles({ ...store, commands, documents, objects }),
    inbox: keepsAny ? new InboxPages(folder) : undefined,
    async close() {
      await documents.close();
      await Promise.all([mail, messages, objects].map((each) => each.close?.()));
    },
  };
}

/** Some keep connections. */
export interface Closable {
  close?(): void | Promise<void>;
}

function openMail({ mail }: Config, from: Mailbox, folder: InboxFolder): Mail & Closable {
  switch (mail.type) {
    case 'sendgrid':
      return new SendGridMail({ key: mail.apiKey, from });
    case 'smtp':
      return new SmtpMail({ url: mail.url, from });
    case 'folder':
      return new FolderMail({ folder, from, clock });
  }
}

function openMessages({ whatsapp, publicUrl }: Config, folder: InboxFolder): Messages & Closable {
  if (whatsapp !== undefined) return new WhatsAppMessages(whatsapp);
  return new FolderMessages({ folder, linkBase: `${publicUrl}/shows/`, clock });
}

/** Where files are kept. */
export function openObjects({ objects, dataDirectory }: Config): Objects & Closable {
  if (objects !== undefined) return new S3Objects(objects);
  return new FolderObjects({ directory: path.join(dataDirectory, 'objects') });
}
