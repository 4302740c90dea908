// The services that a sale needs besides its own databases, out of the environment's variables:
// who moves the money, how mails and messages leave, where files are kept.

/** The variables this is made of; `config.ts` reads them. */
export interface ServiceVariables {
  readonly MAIL_FROM: string;
  readonly PAGARME_CHALLENGE_SCRIPT: string;
  readonly PAGARME_CHALLENGE_URL: string;
  readonly PAGARME_PLATFORM_RECIPIENT: string;
  readonly PAGARME_PUBLIC_KEY: string;
  readonly PAGARME_SECRET_KEY: string;
  readonly PAGARME_TOKENIZE_SCRIPT: string;
  readonly PAGARME_URL: string;
  readonly PAGARME_WEBHOOK_PASSWORD: string;
  readonly PAGARME_WEBHOOK_USER: string;
  readonly S3_ACCESS_KEY: string;
  readonly S3_BUCKET: string;
  readonly S3_REGION: string;
  readonly S3_SECRET_KEY: string;
  readonly S3_URL: string;
  readonly SENDGRID_API_KEY: string;
  readonly SENDGRID_WEBHOOK_KEY: string;
  readonly SIMULATOR_PAY_SECONDS: number;
  readonly SIMULATOR_PORT: number;
  readonly SMTP_URL: string;
  readonly WHATSAPP_APP_SECRET: string;
  readonly WHATSAPP_PHONE_ID: string;
  readonly WHATSAPP_TOKEN: string;
  readonly WHATSAPP_VERIFY_TOKEN: string;
  readonly WHATSAPP_VERSION: string;
}

/** Who moves the money. */
export type ProviderConfig =
  | {
      readonly type: 'pagarme';
      readonly secretKey: string;
      readonly publicKey: string;
      /** Undefined: where Pagar.me is. */
      readonly url: string | undefined;
      readonly challengeUrl: string | undefined;
      readonly tokenizeScript: string | undefined;
      readonly challengeScript: string | undefined;
      readonly platformRecipient: string | undefined;
      readonly webhookUser: string;
      readonly webhookPassword: string;
    }
  /** A simulated one in this process. */
  | { readonly type: 'simulator'; readonly port: number; readonly payAfterMs: number };

/** How mails leave. */
export type MailConfig = { readonly from: string } & (
  | { readonly type: 'sendgrid'; readonly apiKey: string; readonly webhookKey: string | undefined }
  | { readonly type: 'smtp'; readonly url: string }
  | { readonly type: 'folder' }
);

export interface WhatsAppConfig {
  readonly token: string;
  readonly phoneId: string;
  readonly appSecret: string;
  readonly verifyToken: string;
  readonly version: string;
}

export interface ObjectsConfig {
  readonly url: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

export function providerOf(env: ServiceVariables): ProviderConfig {
  if (env.PAGARME_SECRET_KEY === '') {
    const payAfterMs = env.SIMULATOR_PAY_SECONDS * 1000;
    return { type: 'simulator', port: env.SIMULATOR_PORT, payAfterMs };
  }
  return {
    type: 'pagarme',
    secretKey: env.PAGARME_SECRET_KEY,
    publicKey: env.PAGARME_PUBLIC_KEY,
    url: given(env.PAGARME_URL),
    challengeUrl: given(env.PAGARME_CHALLENGE_URL),
    tokenizeScript: given(env.PAGARME_TOKENIZE_SCRIPT),
    challengeScript: given(env.PAGARME_CHALLENGE_SCRIPT),
    platformRecipient: given(env.PAGARME_PLATFORM_RECIPIENT),
    webhookUser: env.PAGARME_WEBHOOK_USER,
    webhookPassword: env.PAGARME_WEBHOOK_PASSWORD,
  };
}

export function mailOf(env: ServiceVariables): MailConfig {
  const from = env.MAIL_FROM;
  if (env.SENDGRID_API_KEY !== '') {
    const apiKey = env.SENDGRID_API_KEY;
    return { type: 'sendgrid', from, apiKey, webhookKey: given(env.SENDGRID_WEBHOOK_KEY) };
  }
  if (env.SMTP_URL !== '') return { type: 'smtp', from, url: env.SMTP_URL };
  return { type: 'folder', from };
}

export function whatsappOf(env: ServiceVariables): WhatsAppConfig | undefined {
  if (env.WHATSAPP_TOKEN === '') return undefined;
  return {
    token: env.WHATSAPP_TOKEN,
    phoneId: env.WHATSAPP_PHONE_ID,
    appSecret: env.WHATSAPP_APP_SECRET,
    verifyToken: env.WHATSAPP_VERIFY_TOKEN,
    version: env.WHATSAPP_VERSION,
  };
}

export function objectsOf(env: ServiceVariables): ObjectsConfig | undefined {
  if (env.S3_URL === '') return undefined;
  return {
    url: env.S3_URL,
    bucket: env.S3_BUCKET,
    region: env.S3_REGION,
    accessKey: env.S3_ACCESS_KEY,
    secretKey: env.S3_SECRET_KEY,
  };
}

function given(value: string): string | undefined {
  return value === '' ? undefined : value;
}

/** A service that lacks half of what it needs would fail at its first use: what is missing, in words. */
export function halfServices(env: ServiceVariables): string[] {
  return needs
    .filter(([has]) => env[has] !== '')
    .flatMap(([has, ...needed]) =>
      needed.filter((name) => env[name] === '').map((name) => `${has} needs ${name} too`),
    );
}

type Name = keyof ServiceVariables;

const needs: readonly (readonly [has: Name, ...needed: Name[]])[] = [
  ['PAGARME_SECRET_KEY', 'PAGARME_PUBLIC_KEY', 'PAGARME_WEBHOOK_USER', 'PAGARME_WEBHOOK_PASSWORD'],
  ['WHATSAPP_TOKEN', 'WHATSAPP_PHONE_ID', 'WHATSAPP_APP_SECRET', 'WHATSAPP_VERIFY_TOKEN'],
  ['S3_URL', 'S3_BUCKET', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'],
];
