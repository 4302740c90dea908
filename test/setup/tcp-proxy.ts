import { ChaosProxy } from '../faults/chaos-proxy.ts';
import { Random } from '../simulation/random.ts';

/**
 * What becomes of bytes that pass. A cut happens once, and what connects afterwards passes:
 * - `cut_request`: the next bytes to the server are lost, with their connection;
 * - `cut_reply`: they arrive, and the connection breaks as soon as the server has answered;
 * - `swallow_replies`: the server works on, and nobody hears of it.
 */
export type Fault = 'none' | 'cut_request' | 'cut_reply' | 'swallow_replies';

/** Stands between a client and a server and breaks the line at the worst moments. */
export class TcpProxy {
  readonly #target: URL;
  readonly #proxy: ChaosProxy;

  /** @param target the server's address, in a URL with its port */
  constructor(target: string) {
    this.#target = new URL(target);
    const { hostname: host, port } = this.#target;
    const targets = [{ host, port: Number(port || 5432) }];
    this.#proxy = new ChaosProxy({ targets, random: new Random(1, 'proxy') });
  }

  /** Begins to listen and returns the target's URL with the proxy's address in it. */
  async open(): Promise<string> {
    const url = new URL(this.#target);
    url.hostname = '127.0.0.1';
    url.port = String(await this.#proxy.open());
    return url.href;
  }

  set fault(fault: Fault) {
    this.#proxy.heal();
    if (fault === 'cut_request') this.#proxy.cutAfter('up', 0);
    if (fault === 'cut_reply') this.#proxy.cutAfter('down', 0);
    if (fault === 'swallow_replies') this.#proxy.blackHole(['down']);
  }

  /** Breaks every connection that is open now. */
  cut(): void {
    this.#proxy.reset();
  }

  close(): Promise<void> {
    return this.#proxy.close();
  }
}
