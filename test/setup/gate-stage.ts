import { freePort } from '../../scripts/free-port.ts';
import { GateBrowser } from './gate-browser.ts';
import { GateOperator, type Invitation } from './gate-operator.ts';
import { type OpenShow, openNode, type TestNode } from './node.ts';
import { TcpProxy } from './tcp-proxy.ts';

const hourMs = 60 * 60 * 1000;

interface Look {
  /** How it judges alone, if it is told. */
  readonly offline?: string;
  readonly clockMs?: number;
}

/**
 * A show with two gates on a real node, behind a line that can go dead, and the scanners at its gates:
 * browsers with a disk and a camera of their own.
 */
export class GateStage {
  readonly house: TestNode;
  readonly show: OpenShow;
  readonly line: TcpProxy;
  readonly url: string;
  readonly #executable: string;
  readonly #phones: GateBrowser[] = [];

  private constructor(about: Pick<GateStage, 'house' | 'show' | 'line' | 'url'>, browser: string) {
    this.house = about.house;
    this.show = about.show;
    this.line = about.line;
    this.url = about.url;
    this.#executable = browser;
  }

  static async open(executable: string): Promise<GateStage> {
    const provider = { type: 'simulator', port: await freePort(), payAfterMs: 0 } as const;
    // A database of its own: on a shared one another test's workers might take the payments.
    const house = await openNode({ databaseUrl: undefined, provider });
    const lots = [{ quantity: 100 }, { name: 'Meia', quantity: 20, isHalf: true }];
    const show = await house.createShow({ lots, limit: 100 });
    const line = new TcpProxy(house.url);
    const url = `${await line.open()}scanner/`;
    const stage = new GateStage({ house, show, line, url }, executable);
    const gates = ['Portão A', 'Portão B'];
    // Whoever judges strictly lets this sector in at one gate alone.
    const sectors = [{ name: 'Pista', strictGates: [0] }];
    const rules = { sectors, needsProof: true, hasCards: true };
    const checkpoint = { checkpoint: 1, name: 'Entrada', gates, ...rules };
    const from = Math.floor((Date.now() - hourMs) / 1000) * 1000;
    const days = [{ from, until: from + 12 * hourMs }];
    await stage.asked('PUT', 'checkpoints', { checkpoints: [{ ...checkpoint, days }] });
    return stage;
  }

  async close(): Promise<void> {
    await this.clear();
    await this.line.close();
    await this.house.stop();
  }

  /** Takes all phones away. */
  async clear(): Promise<void> {
    for (const phone of this.#phones.splice(0)) await phone.remove();
  }

  /** @param code what its camera sees */
  async phone(code: string, look: { readonly clockMs?: number } = {}): Promise<GateBrowser> {
    const phone = await GateBrowser.make(this.#executable, code, look);
    this.#phones.push(phone);
    return phone;
  }

  /** A phone that is let in and stands at its gate. */
  async scanner(gate: number, code: string, look: Look = {}): Promise<GateOperator> {
    const a = await this.enrolled(gate, code, look);
    await a.start();
    return a;
  }

  /** One that is let in and has not begun. */
  async enrolled(gate: number, code: string, { offline = '', ...look }: Look = {}) {
    const a = await this.unknown(gate, code, look);
    await a.enrol();
    if (offline !== '') await a.page.getByText(offline, { exact: true }).click();
    return a;
  }

  /** One that nobody has let in yet. */
  async unknown(gate: number, code: string, look: Omit<Look, 'offline'> = {}) {
    const phone = await this.phone(code, look);
    const invited = { name: `Leitor ${gate}`, gate };
    const invitation = await this.asked<Invitation>('POST', 'devices', invited);
    return new GateOperator(phone, await phone.open(this.url), this.url, invitation);
  }

  /** A request of the producer's; what it answers must be good. */
  async asked<T>(method: string, what: string, body?: object): Promise<T> {
    const token = await this.house.mintToken({ role: 'ADMIN' });
    const response = await fetch(`${this.house.url}/v1/shows/${this.show.event}/${what}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${what}: ${response.status} ${answer}`);
    return JSON.parse(answer) as T;
  }
}
