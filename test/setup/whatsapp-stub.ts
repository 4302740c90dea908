import { randomUUID } from 'node:crypto';
import { openStub, type StubAnswer, type StubRequest, type StubServer } from './stub-server.ts';

export const whatsAppAccount = { token: 'EAAG-test', phoneId: '1065550000', version: 'v23.0' };

/** A message as it arrived. */
export interface ReceivedMessage {
  readonly id: string;
  readonly phone: string;
  readonly template: string;
  readonly parameters: readonly string[];
  readonly linkSuffix: string | undefined;
}

export interface WhatsAppStub extends StubServer {
  readonly messages: ReceivedMessage[];
}

interface Body {
  readonly to: string;
  readonly type: string;
  readonly biz_opaque_callback_data: string;
  readonly template: {
    readonly name: string;
    readonly language: { readonly code: string };
    readonly components: readonly {
      readonly type: string;
      readonly parameters: readonly { readonly text: string }[];
    }[];
  };
}

/** As much of the Graph API as we speak. */
export async function openWhatsAppStub(): Promise<WhatsAppStub> {
  const messages: ReceivedMessage[] = [];
  const { token, phoneId, version } = whatsAppAccount;
  const answer = (request: StubRequest): StubAnswer => {
    if (request.raw.headers.authorization !== `Bearer ${token}`) return graphError(401, 190);
    if (request.url.pathname !== `/${version}/${phoneId}/messages`) return graphError(404, 100);
    const {
      to,
      type,
      template,
      biz_opaque_callback_data: id,
    } = JSON.parse(request.body.toString()) as Body;
    const values = (kind: string) =>
      template.components.find((each) => each.type === kind)?.parameters.map(({ text }) => text);
    const parameters = values('body') ?? [];
    if (type !== 'template' || template.language.code !== 'pt_BR') return graphError(400, 131051);
    // WhatsApp refuses line breaks, tabs and long gaps in a value.
    if (parameters.some((text) => text === '' || /[\r\n\t]| {5}/.test(text))) {
      return graphError(400, 100);
    }
    const { name } = template;
    messages.push({ id, phone: to, template: name, parameters, linkSuffix: values('button')?.[0] });
    const body = {
      messaging_product: 'whatsapp',
      // Brazilian numbers come back without their ninth digit.
      contacts: [{ input: to, wa_id: to.replace(/^(55\d\d)9/, '$1') }],
      messages: [{ id: `wamid.${randomUUID()}`, message_status: 'accepted' }],
    };
    return { status: 200, body: JSON.stringify(body) };
  };
  return { ...(await openStub(answer)), messages };
}

export function graphError(status: number, code: number): StubAnswer {
  const message = `(#${code}) 5561999999999 is not wanted`;
  const error = { message, type: 'OAuthException', code, fbtrace_id: 'x' };
  return { status, body: JSON.stringify({ error }) };
}
