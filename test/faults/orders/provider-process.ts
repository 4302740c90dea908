import { createWriteStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ServerProcess } from '../../../scripts/private-process.ts';
import type { Fault, Habit } from '../../../src/payments/simulator/faults.ts';

export interface ProviderProcessOptions {
  readonly port: number;
  readonly webhookUrl: string;
  readonly logFile: string;
}

/** What the provider says happened to the money of one of its orders. */
export interface ProviderOrder {
  readonly id: string;
  /** Ours. */
  readonly code: string;
  readonly charges: readonly ProviderCharge[];
}

export interface ProviderCharge {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly paid_amount?: number;
  /** Of an unpaid charge that was ended: all of it, though nothing went back. */
  readonly canceled_amount?: number;
}

const program = fileURLToPath(new URL('../../../scripts/provider.js', import.meta.url));
const publicKey = 'pk_test_simulator';
/** Seconds until a PIX is paid, when nothing else was ordered. */
const paySeconds = '1';

/** The simulated payment provider, as `npm run provider` runs it, in a process of its own. */
export class ProviderProcess {
  readonly url: string;
  readonly #process: ServerProcess;

  constructor({ port, webhookUrl, logFile }: ProviderProcessOptions) {
    this.url = `http://127.0.0.1:${port}`;
    const log = createWriteStream(logFile, { flags: 'a' });
    const options = { port: `${port}`, webhook: webhookUrl, 'pay-after': paySeconds };
    this.#process = new ServerProcess({
      program: process.execPath,
      arguments: [
        program,
        ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
      ],
      ready: /simulator is at/,
      stopSignal: 'SIGTERM',
      dropSignal: 'SIGKILL',
      onLog: (line) => void log.write(`${line}\n`),
    });
  }

  get apiUrl(): string {
    return `${this.url}/core/v5`;
  }

  start(): Promise<void> {
    return this.#process.start();
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }

  /** From now on calls go wrong like this. */
  async orderFault(fault: Fault): Promise<void> {
    await this.#tell('POST', 'faults', fault);
  }

  /** The order with this code will go on like this. */
  async orderHabit(habit: Habit): Promise<void> {
    await this.#tell('POST', 'habits', habit);
  }

  /** Nothing goes wrong any more. */
  async clear(): Promise<void> {
    await this.#tell('DELETE', 'faults', {});
  }

  /** Money comes for an order, whatever it is by now. False while there is nothing to pay. */
  async pay(code: string): Promise<boolean> {
    const { status } = await this.#ask('POST', `charges/${code}/pay`, {});
    return status === 200;
  }

  /** Everything it knows, the newest first: the truth about money. */
  async orders(): Promise<readonly ProviderOrder[]> {
    const response = await fetch(`${this.url}/_sim/orders`);
    return ((await response.json()) as { data: readonly ProviderOrder[] }).data;
  }

  /** What the provider's script makes of a card in a buyer's browser. */
  async tokenOf(number: string): Promise<string> {
    const card = { number, cvv: '123', holder_name: 'TESTE', exp_month: 12, exp_year: 2040 };
    const response = await fetch(`${this.apiUrl}/tokens?appId=${publicKey}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'card', card }),
    });
    return ((await response.json()) as { id: string }).id;
  }

  async #tell(method: string, what: string, body: object): Promise<void> {
    const { status } = await this.#ask(method, what, body);
    if (status !== 200) throw new Error(`The simulator answers ${status} to ${method} ${what}.`);
  }

  #ask(method: string, what: string, body: object): Promise<Response> {
    return fetch(`${this.url}/_sim/${what}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }
}
