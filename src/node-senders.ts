import type { Config } from './config.ts';
import type { OpenPayments } from './node-payments.ts';
import type { WebhookSource } from './ports/webhooks.ts';
import {
  basicSender,
  ecdsaSender,
  hmacSender,
  nobody,
  type Sender,
} from './transport/webhook-senders.ts';

/** How each source of webhooks is told from everybody else; one that is not set up is nobody. */
export function sendersOf(
  { mail, whatsapp }: Config,
  { webhook }: OpenPayments,
): Readonly<Record<WebhookSource, Sender>> {
  const sendgridKey = mail.type === 'sendgrid' ? mail.webhookKey : undefined;
  return {
    pagarme: webhook.user === '' ? nobody : basicSender(webhook.user, webhook.password),
    sendgrid: sendgridKey === undefined ? nobody : ecdsaSender(sendgridKey),
    whatsapp: whatsapp === undefined ? nobody : hmacSender(whatsapp.appSecret),
  };
}
