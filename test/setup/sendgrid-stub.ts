import { randomUUID } from 'node:crypto';
import type { ReceivedMail } from './received-mail.ts';
import { openStub, type StubAnswer, type StubRequest, type StubServer } from './stub-server.ts';

export const sendGridKey = 'SG.test-key';

export interface SendGridStub extends StubServer {
  readonly mails: ReceivedMail[];
}

interface Body {
  readonly personalizations: readonly [
    {
      readonly to: readonly [{ readonly email: string; readonly name?: string }];
      readonly custom_args: { readonly notif_id: string };
    },
  ];
  readonly from: { readonly email: string; readonly name?: string };
  readonly subject: string;
  readonly content: readonly { readonly type: string; readonly value: string }[];
  readonly attachments?: readonly {
    readonly content: string;
    readonly type: string;
    readonly filename: string;
  }[];
  readonly mail_settings: { readonly sandbox_mode: { readonly enable: boolean } };
}

/** As much of SendGrid's API as we speak; it makes mails the careless way, header by header. */
export async function openSendGridStub(): Promise<SendGridStub> {
  const mails: ReceivedMail[] = [];
  const answer = (request: StubRequest): StubAnswer => {
    if (request.method !== 'POST' || request.url.pathname !== '/v3/mail/send') {
      return { status: 404 };
    }
    if (request.raw.headers.authorization !== `Bearer ${sendGridKey}`) {
      return complaint(401, null);
    }
    const body = JSON.parse(request.body.toString()) as Body;
    const [first, second] = body.content;
    if (first?.type !== 'text/plain' || second?.type !== 'text/html') {
      return complaint(400, 'content');
    }
    if (first.value === '' || second.value === '') return complaint(400, 'content.0.value');
    if (body.personalizations[0].to[0].name === '') {
      return complaint(400, 'personalizations.0.to.0.name');
    }
    if (body.mail_settings.sandbox_mode.enable) return { status: 200 };
    mails.push(received(body));
    return { status: 202, headers: { 'X-Message-Id': randomUUID() } };
  };
  return { ...(await openStub(answer)), mails };
}

function complaint(status: number, field: string | null): StubAnswer {
  const errors = [{ message: 'ana@exemplo.com.br is wrong', field, help: null }];
  return { status, body: JSON.stringify({ errors }) };
}

function received(body: Body): ReceivedMail {
  const [{ to, custom_args }] = body.personalizations;
  const [text, html] = body.content;
  const files = body.attachments ?? [];
  const head = [
    `from: ${body.from.name} <${body.from.email}>`,
    `to: ${to[0].name} <${to[0].email}>`,
    `subject: ${body.subject}`,
    `x-notification-id: ${custom_args.notif_id}`,
    ...files.map(({ filename, type }) => `content-type: ${type}; name="${filename}"`),
  ].join('\r\n');
  return {
    id: custom_args.notif_id,
    from: { name: body.from.name ?? '', email: body.from.email },
    to: { name: to[0].name ?? '', email: to[0].email },
    subject: body.subject,
    text: (text?.value ?? '').trimEnd(),
    html: (html?.value ?? '').trimEnd(),
    headers: head.split(/[\r\n]+/).map((line) => line.split(':')[0]!.toLowerCase()),
    attachments: files.map(({ content, type, filename }) => {
      return { name: filename, type, bytes: new Uint8Array(Buffer.from(content, 'base64')) };
    }),
  };
}
