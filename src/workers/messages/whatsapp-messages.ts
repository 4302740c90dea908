import { DeliveryRefusedError, DeliveryUnavailableError } from '../../ports/mail.ts';
import type { Messages, OutgoingMessage } from '../../ports/messages.ts';
import { Deliverer } from '../deliverer.ts';
import { sendableMessage } from './sendable-message.ts';

export interface WhatsAppOptions {
  /** Of a system user, with the right to send messages. */
  readonly token: string;
  /** The id of our number; not the number. */
  readonly phoneId: string;
  /** Of the Graph API: `v23.0`. */
  readonly version: string;
  readonly url?: string;
  /** What the approved templates are called in our account, where it differs. */
  readonly templates?: Partial<Record<OutgoingMessage['template'], string>>;
  /** How long an answer may take. */
  readonly timeoutMs?: number;
}

/**
 * What the same message would be refused with again: the number cannot get it, or we wrote what no
 * template takes. Everything else (limits, a token that ended, a template that is paused or missing,
 * an unknown code) is the operator's or passes.
 */
const finalCodes: ReadonlySet<number> = new Set([
  100, // A parameter is wrong.
  131008, // A parameter is missing.
  131009, // A value is wrong.
  131021, // We wrote to ourselves.
  131026, // This number cannot receive it.
  131047, // Only a template may begin.
  131049, // Held back for the sake of its receiver.
  131050, // Its receiver wants no more of them.
  131051, // This kind of message does not exist.
  132000, // Another number of values than the template has.
  132005, // The text became too long.
  132012, // Values of another form than the template has.
]);

/** Messages through the WhatsApp Cloud API. Our id comes back with its webhooks. */
export class WhatsAppMessages implements Messages {
  readonly #options: WhatsAppOptions;
  readonly #deliverer: Deliverer;

  constructor(options: WhatsAppOptions) {
    const { token, timeoutMs = 10_000 } = options;
    this.#options = options;
    this.#deliverer = new Deliverer({ name: 'WhatsApp', token, timeoutMs });
  }

  async send(message: OutgoingMessage): Promise<{ readonly messageId: string }> {
    const { url = 'https://graph.facebook.com', version, phoneId } = this.#options;
    const body = bodyOf(sendableMessage(message), this.#options);
    const answer = await this.#deliverer.post(`${url}/${version}/${phoneId}/messages`, body);
    const value = valueIn(answer.text);
    if (answer.status >= 300) throw failureOf(answer.status, value);
    const messageId = idIn(value);
    if (messageId !== undefined) return { messageId };
    throw new DeliveryUnavailableError('WhatsApp took the message and gave it no id.');
  }

  /** Ends every request under way. */
  close(): Promise<void> {
    return this.#deliverer.close();
  }
}

function bodyOf(message: OutgoingMessage, { templates = {} }: WhatsAppOptions): object {
  const { id, phone, template, parameters, linkSuffix } = message;
  const values = parameters.map((text) => ({ type: 'text', text }));
  const button = {
    type: 'button',
    sub_type: 'url',
    index: '0',
    parameters: [{ type: 'text', text: linkSuffix }],
  };
  const components = [
    { type: 'body', parameters: values },
    ...(linkSuffix === undefined ? [] : [button]),
  ];
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: phone,
    type: 'template',
    biz_opaque_callback_data: id,
    template: { name: templates[template] ?? template, language: { code: 'pt_BR' }, components },
  };
}

/** Undefined for what is no JSON: proxies answer in HTML. */
function valueIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The status says enough, and text that nobody can read is not repeated.
    return undefined;
  }
}

/** Its sentences may quote numbers, so only the code is told. */
function failureOf(status: number, value: unknown): Error {
  const code = (value as { error?: { code?: unknown } } | null | undefined)?.error?.code;
  const words = `WhatsApp answered ${status} (${typeof code === 'number' ? code : 'no code'}).`;
  const isFinal = typeof code === 'number' && finalCodes.has(code);
  return isFinal ? new DeliveryRefusedError(words) : new DeliveryUnavailableError(words);
}

function idIn(value: unknown): string | undefined {
  const id = (value as { messages?: { id?: unknown }[] } | null | undefined)?.messages?.[0]?.id;
  return typeof id === 'string' && id !== '' ? id : undefined;
}
