import { createTransport } from 'nodemailer';
import type { Config } from '../../src/config.ts';
import type { ObjectsConfig } from '../../src/config-services.ts';
import { S3Objects } from '../../src/store/objects/s3-objects.ts';
import { type Finding, fail, ok } from './finding.ts';
import { codeOf, PATIENCE_MS, reasonOf, unreachable } from './unreachable.ts';

/** What carries mails, messages and files, as far as it answers without anything being sent. */
export async function delivery(config: Config): Promise<readonly Finding[]> {
  const { mail, objects, whatsapp, provider } = config;
  return await Promise.all([
    ...(mail.type === 'smtp' ? [smtp(mail.url)] : []),
    ...(mail.type === 'sendgrid' ? [unasked('SendGrid')] : []),
    ...(whatsapp === undefined ? [] : [unasked('WhatsApp')]),
    ...(provider.type === 'pagarme' ? [unasked('Pagar.me')] : []),
    ...(objects === undefined ? [] : [bucket(objects)]),
  ]);
}

/** Whether its key is right shows only where something is sent or paid. */
function unasked(name: string): Finding {
  return ok(name, 'configured, not asked: its key shows when it is first used');
}

async function smtp(url: string): Promise<Finding> {
  const name = 'SMTP';
  const transport = createTransport({
    url,
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
    dnsTimeout: PATIENCE_MS,
  });
  try {
    await transport.verify();
    return ok(name, `${new URL(url).host} lets us in`);
  } catch (cause) {
    if (codeOf(cause) !== 'EAUTH') return unreachable(name, 'SMTP_URL', url, refusalIn(cause));
    const next = 'correct user and password in SMTP_URL';
    return fail(name, `${new URL(url).host}: user or password are refused`, next);
  } finally {
    transport.close();
  }
}

/** The library calls every failure of a socket by one name, and keeps the one it had. */
function refusalIn(cause: unknown): unknown {
  const isRefused = cause instanceof Error && cause.message.includes('ECONNREFUSED');
  return isRefused ? Object.assign(new Error(cause.message), { code: 'ECONNREFUSED' }) : cause;
}

async function bucket(options: ObjectsConfig): Promise<Finding> {
  const name = 'S3';
  const objects = new S3Objects({ ...options, timeoutMs: PATIENCE_MS });
  try {
    await objects.get('doctor/nothing');
    return ok(name, `${options.bucket} at ${new URL(options.url).host} can be read`);
  } catch (cause) {
    const socket = cause instanceof Error ? cause.cause : undefined;
    if (codeOf(socket) !== '') return unreachable(name, 'S3_URL', options.url, socket);
    const next = 'correct S3_BUCKET, S3_REGION, S3_ACCESS_KEY and S3_SECRET_KEY';
    return fail(name, `${new URL(options.url).host}: ${reasonOf(socket ?? cause)}`, next);
  } finally {
    await objects.close();
  }
}
