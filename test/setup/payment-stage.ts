import http from 'node:http';
import { type EventId, type OrderId, type SubjectId, uuid7 } from '@ingressou/protocol';
import { freePort } from '../../scripts/free-port.ts';
import { systemClock } from '../../src/clock.ts';
import { PagarmePayments } from '../../src/payments/pagarme.ts';
import type { Limits } from '../../src/payments/pagarme-policies.ts';
import {
  openSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../../src/payments/simulator/simulator.ts';
import type { CardPayment, PaymentRequest, ProviderCharge } from '../../src/ports/payments.ts';
import { Random } from '../simulation/random.ts';
import { listenLow } from './listen-low.ts';
import { SteppedClock } from './stepped-clock.ts';

/** A webhook as the receiver of the stage got it. */
export interface ReceivedHook {
  readonly authorization: string;
  readonly body: Buffer;
}

/** A client and a simulated provider, over real HTTP; the provider's time moves when told to. */
export interface PaymentStage {
  readonly simulator: Simulator;
  readonly payments: PagarmePayments;
  readonly clock: SteppedClock;
  /** What reached the address of the webhooks. */
  readonly received: ReceivedHook[];
  /** What the address of the webhooks answers. */
  receiver: { status: number };
  /** How calls ended, and whether the breaker opened. */
  readonly told: string[];
  close(): Promise<void>;
}

export const hookUser = { user: 'ingressou', password: 'a good password' };
export const platform = 're_platform';
export const producer = 're_producer';
/** When the provider's clock begins. */
export const begunAt = Date.UTC(2026, 10, 26, 12);

const impatient: Partial<Limits> = { attemptMs: 1_000, pauseMs: 1, failuresMax: 1_000 };

export async function openPaymentStage(
  simulated: Partial<SimulatorOptions> = {},
  limits: Partial<Limits> = {},
): Promise<PaymentStage> {
  const clock = new SteppedClock(begunAt);
  const received: ReceivedHook[] = [];
  const receiver = { status: 200 };
  const house = http.createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const { authorization = '' } = request.headers;
      received.push({ authorization, body: Buffer.concat(chunks) });
      response.writeHead(receiver.status).end();
    })();
  });
  const url = `http://127.0.0.1:${await listenLow(house)}/v1/webhooks/pagarme`;
  const dice = new Random(1, 'provider');
  const simulator = await openSimulator({
    port: await freePort(),
    clock,
    random: (count) => dice.bytes(count),
    webhook: { url, ...hookUser },
    hookRetryMs: 1_000,
    ...simulated,
  });
  const told: string[] = [];
  const payments = clientOf(simulator, { ...impatient, ...limits }, told);
  return {
    simulator,
    payments,
    clock,
    received,
    receiver,
    told,
    close: async () => {
      await payments.close();
      await simulator.close();
      house.closeAllConnections();
      await new Promise((resolve) => house.close(resolve));
    },
  };
}

export function clientOf(
  simulator: Simulator,
  limits: Partial<Limits>,
  told: string[] = [],
): PagarmePayments {
  return new PagarmePayments({
    url: simulator.apiUrl,
    challengeUrl: simulator.challengeUrl,
    secretKey: simulator.secretKey,
    platformRecipient: platform,
    statementDescriptor: 'INGRESSOU',
    clock: systemClock,
    random: () => 0.5,
    limits,
    onCall: ({ operation, outcome }) => told.push(`${operation}: ${outcome}`),
    onBreaker: (isOpen) => told.push(isOpen ? 'breaker open' : 'breaker closed'),
  });
}

const ids = new Random(Date.now(), 'payments');

export function newOrderId(): OrderId {
  return uuid7<OrderId>(begunAt, ids.bytes(10));
}

/** Somebody whose data must never be seen outside a request. */
export const canary = {
  name: 'Joaquina Canário',
  email: 'canario@example.org',
  cpf: '52998224725',
  phone: '5561987654321',
};

/** Two tickets with their fee: R$ 66,00, of which R$ 60,00 are the producer's. */
export function pixRequest(change: Partial<PaymentRequest> = {}): PaymentRequest {
  return {
    event: uuid7<EventId>(begunAt, ids.bytes(10)),
    order: newOrderId(),
    subject: uuid7<SubjectId>(begunAt, ids.bytes(10)),
    attempt: 1,
    method: 'pix',
    lines: [
      { code: 'pista', description: 'Pista, 1º lote', quantity: 2, amountCents: 3_000 },
      { code: 'taxa', description: 'Taxa de conveniência', quantity: 1, amountCents: 600 },
    ],
    customer: canary,
    payBy: begunAt + 600_000,
    payInMs: 600_000,
    split: { recipient: producer, producerCents: 6_000 },
    ...change,
  };
}

export function cardRequest(token: string, change: Partial<PaymentRequest> = {}): PaymentRequest {
  const card: CardPayment = {
    token,
    installments: 1,
    billing: { line1: '375, Rua A, Centro', zipCode: '70000000', city: 'Brasília', uf: 'DF' },
  };
  return pixRequest({ method: 'card', card, ...change });
}

export interface TestCard {
  readonly number?: string;
  readonly cvv?: string;
}

/** What the buyer's browser does with a card. */
export async function tokenOf(simulator: Simulator, card: TestCard = {}): Promise<string> {
  const url = `${simulator.apiUrl}/tokens?appId=${simulator.publicKey}`;
  const details = { holder_name: 'J CANARIO', exp_month: 12, exp_year: 2030 };
  const chosen = { number: '4111111111111111', cvv: '123', ...details, ...card };
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'http://127.0.0.1:8080' },
    body: JSON.stringify({ type: 'card', card: chosen }),
  });
  const answer = (await response.json()) as { id: string };
  return answer.id;
}

/** The only charge of an order, as the provider has it now. */
export async function chargeOf(stage: PaymentStage, order: string): Promise<ProviderCharge> {
  const found = await stage.payments.order(order);
  return found!.charges[0]!;
}
