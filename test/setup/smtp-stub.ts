import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { listenLow } from './listen-low.ts';
import type { ReceivedMail } from './received-mail.ts';

/** A mail server that keeps what it gets, or refuses it on demand. */
export interface SmtpStub {
  readonly url: string;
  readonly mails: ReceivedMail[];
  /** What it says to the next mails: where, and with which code. */
  readonly refusals: { readonly at: 'greeting' | 'recipient' | 'data'; readonly code: number }[];
  close(): Promise<void>;
}

export async function openSmtpStub(): Promise<SmtpStub> {
  const mails: ReceivedMail[] = [];
  const refusals: SmtpStub['refusals'] = [];
  const refusal = (at: SmtpStub['refusals'][number]['at']): Error | null => {
    if (refusals[0]?.at !== at) return null;
    const { code } = refusals.shift()!;
    // Servers quote the address: nobody may repeat that.
    return Object.assign(new Error('<ana@exemplo.com.br> is not wanted'), { responseCode: code });
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onConnect: (_session, done) => done(refusal('greeting')),
    onRcptTo: (_address, _session, done) => done(refusal('recipient')),
    onData(stream, _session, done) {
      const read = readMail(stream).then((mail) => {
        const error = refusal('data');
        if (error === null) mails.push(mail);
        done(error);
      });
      // Of a client that died in the middle nothing has come.
      read.catch((failure: Error) => done(failure));
    },
  });
  // What a client does to its connection is no failure of the server.
  server.on('error', () => {});
  const port = await listenLow(server.server);
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: `smtp://127.0.0.1:${port}`, mails, refusals, close };
}

/** A mail as its reader gets it. */
export async function readMail(source: Parameters<typeof simpleParser>[0]): Promise<ReceivedMail> {
  const mail = await simpleParser(source);
  const [to] = [mail.to].flat().flatMap((each) => each?.value ?? []);
  const [from] = mail.from?.value ?? [];
  return {
    id: String(mail.headers.get('x-notification-id')),
    from: { name: from?.name ?? '', email: from?.address ?? '' },
    to: { name: to?.name ?? '', email: to?.address ?? '' },
    subject: mail.subject ?? '',
    text: (mail.text ?? '').trimEnd(),
    html: (mail.html || '').trimEnd(),
    headers: [...mail.headers.keys()],
    attachments: mail.attachments.map(({ filename = '', contentType, content }) => {
      return { name: filename, type: contentType, bytes: new Uint8Array(content) };
    }),
  };
}
