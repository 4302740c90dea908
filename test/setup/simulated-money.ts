/** What a person with a phone does at the simulated provider, over its own HTTP. */
export class SimulatedMoney {
  readonly #url: string;

  /** `port`: of the simulator. */
  constructor(port: number) {
    this.#url = `http://127.0.0.1:${port}/_sim`;
  }

  /** Pays the newest charge, what was asked for unless another amount is given. */
  async payNewest(amountCents?: number): Promise<void> {
    const { data } = (await this.#ask('GET', 'orders')) as Orders;
    const charge = data[0]?.charges[0]?.id;
    if (charge === undefined) throw new Error('Nothing is to be paid.');
    const body = amountCents === undefined ? {} : { amountCents };
    await this.#ask('POST', `charges/${charge}/pay`, body);
  }

  /** How many orders there are. */
  async orders(): Promise<number> {
    const { data } = (await this.#ask('GET', 'orders')) as Orders;
    return data.length;
  }

  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${this.#url}/${path}`, init);
    const answer: unknown = await response.json();
    if (response.ok) return answer;
    throw new Error(`The simulator answers ${response.status}: ${JSON.stringify(answer)}`);
  }
}

interface Orders {
  /** The newest first. */
  readonly data: readonly { readonly charges: readonly { readonly id: string }[] }[];
}
