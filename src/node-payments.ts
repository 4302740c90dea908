import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { systemClock as clock } from './clock.ts';
import type { Config } from './config.ts';
import type { ProviderConfig } from './config-services.ts';
import { PagarmePayments } from './payments/pagarme.ts';
import { pagarmeAddresses } from './payments/pagarme-addresses.ts';
import {
  openSimulator,
  type SimulatorPlaces,
  simulatorKeys,
  simulatorPlaces,
} from './payments/simulator/simulator.ts';
import { type Payments, PaymentsUnavailableError } from './ports/payments.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { RunningTelemetry } from './telemetry.ts';
import type { Checkout } from './transport/checkout-route.ts';

/** Who moves the money, and what buyers' browsers need of them. */
export interface OpenPayments {
  readonly payments: Payments;
  readonly checkout: Checkout;
  /** What the provider says with each webhook. */
  readonly webhook: { readonly user: string; readonly password: string };
  /** Who gets the fees when payments are shared; undefined: nothing is. */
  readonly platformRecipient: string | undefined;
  close(): Promise<void>;
}

const installmentsMax = 1;
const feeNote = 'A taxa de conveniência é cobrada por ingresso e já está no total mostrado.';
const statementDescriptor = 'INGRESSOU';

/**
 * Opens the provider that is configured: Pagar.me, or a simulated one in this process, or nobody.
 * On one machine several nodes share the simulated one of whoever came first.
 */
export async function openPayments(
  config: Config,
  telemetry: RunningTelemetry,
): Promise<OpenPayments> {
  const { provider } = config;
  if (provider.type === 'pagarme') return openPagarme(provider, telemetry);
  if (provider.port === 0) return nobody;
  const simulator = await shareSimulator(config, provider, telemetry);
  telemetry.say('payments are simulated', { page: simulator.url });
  const simulated = openSimulated(simulator, telemetry);
  return {
    ...simulated,
    async close() {
      await simulated.close();
      await simulator.close?.();
    },
  };
}

/** Reaches the provider that the nodes of this configuration have, and opens none. */
export function openProvider({ provider }: Config, telemetry: Ears): OpenPayments {
  if (provider.type === 'pagarme') return openPagarme(provider, telemetry);
  if (provider.port === 0) return nobody;
  return openSimulated(simulatorPlaces(`http://127.0.0.1:${provider.port}`), telemetry);
}

type Ears = Pick<Telemetry, 'providerAnswered' | 'providerChanged'>;

function openSimulated(places: SimulatorPlaces, telemetry: Ears): OpenPayments {
  const { apiUrl, challengeUrl, scripts } = places;
  const pagarme = openPagarme(
    {
      type: 'pagarme',
      ...simulatorKeys,
      url: apiUrl,
      challengeUrl,
      tokenizeScript: scripts.tokenize,
      challengeScript: scripts.challenge,
      platformRecipient: simulatedPlatform,
      webhookUser: simulatedWebhook.user,
      webhookPassword: simulatedWebhook.password,
    },
    telemetry,
  );
  return { ...pagarme, checkout: { ...pagarme.checkout, provider: 'simulator' } };
}

type Pagarme = Extract<ProviderConfig, { readonly type: 'pagarme' }>;

function openPagarme(provider: Pagarme, telemetry: Ears): OpenPayments {
  const { secretKey, publicKey, platformRecipient } = provider;
  const places = pagarmeAddresses(secretKey);
  const { url = places.apiUrl, challengeUrl = places.challengeUrl } = provider;
  const payments = new PagarmePayments({
    secretKey,
    url,
    challengeUrl,
    platformRecipient,
    statementDescriptor,
    clock,
    random: Math.random,
    onCall: (call) => telemetry.providerAnswered(call),
    onBreaker: (isOpen) => telemetry.providerChanged(!isOpen),
  });
  return {
    payments,
    checkout: {
      provider: 'pagarme',
      publicKey,
      tokensUrl: `${url}/tokens`,
      tokenizeScriptUrl: provider.tokenizeScript ?? places.scripts.tokenize,
      challengeScriptUrl: provider.challengeScript ?? places.scripts.challenge,
      methods: ['pix', 'card'],
      installmentsMax,
      feeNote,
    },
    webhook: { user: provider.webhookUser, password: provider.webhookPassword },
    platformRecipient,
    close: () => payments.close(),
  };
}

/** Gets the fees of shows whose producers are recipients of their own. */
const simulatedPlatform = 'rp_simulatedplatfrm';
/** Between a simulated provider and its own machine there is nobody to keep a secret from. */
const simulatedWebhook = { user: 'simulator', password: 'simulator' } as const;
/** A test of the provider's own; higher here, so that a whole order can be tried. */
const pixLimitCents = 1_000_000;

async function shareSimulator(
  { host, port, dataDirectory }: Config,
  provider: Extract<ProviderConfig, { readonly type: 'simulator' }>,
  telemetry: RunningTelemetry,
): Promise<SimulatorPlaces & { close?(): Promise<void> }> {
  const options = {
    port: provider.port,
    clock,
    random: (size: number) => randomBytes(size),
    file: path.join(dataDirectory, 'simulator.jsonl'),
    webhook: { url: `http://${host}:${port}/v1/webhooks/pagarme`, ...simulatedWebhook },
    payAfterMs: provider.payAfterMs,
    pixLimitCents,
    onBroken: (cause: unknown) => telemetry.failed('simulate the provider', cause),
  };
  try {
    return await openSimulator(options);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    return simulatorPlaces(`http://127.0.0.1:${provider.port}`);
  }
}

const refuse = () => Promise.reject(new PaymentsUnavailableError('nobody is configured'));

/** Nothing can be paid: for measurements of what comes before. */
const nobody: OpenPayments = {
  payments: {
    create: refuse,
    order: refuse,
    findOrders: refuse,
    changedSince: refuse,
    capture: refuse,
    end: refuse,
    refund: refuse,
    challengeToken: refuse,
    failedHooks: refuse,
    resendHook: refuse,
  },
  checkout: {
    provider: 'simulator',
    publicKey: '',
    tokensUrl: '',
    methods: [],
    installmentsMax,
    feeNote,
  },
  webhook: { user: '', password: '' },
  platformRecipient: undefined,
  close: async () => {},
};
