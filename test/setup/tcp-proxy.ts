import { randomInt } from 'node:crypto';
import net from 'node:net';

/**
 * What becomes of bytes that pass. A cut happens once, and what connects afterwards passes:
 * - `cut_request`: the next bytes to the server are lost, with their connection;
 * - `cut_reply`: they arrive, and the connection breaks as soon as the server has answered;
 * - `swallow_replies`: the server works on, and nobody hears of it.
 */
export type Fault = 'none' | 'cut_request' | 'cut_reply' | 'swallow_replies';

/** Stands between a client and a server and breaks the line at the worst moments. */
export class TcpProxy {
  fault: Fault = 'none';
  readonly #target: URL;
  readonly #server = net.createServer((client) => this.#connect(client));
  readonly #sockets = new Set<net.Socket>();

  /** @param target the server's address, in a URL with its port */
  constructor(target: string) {
    this.#target = new URL(target);
  }

  /** Begins to listen and returns the target's URL with the proxy's address in it. */
  async open(): Promise<string> {
    const url = new URL(this.#target);
    url.hostname = '127.0.0.1';
    url.port = String(await listenLow(this.#server));
    return url.href;
  }

  /** Breaks every connection that is open now. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #connect(client: net.Socket): void {
    const { hostname, port } = this.#target;
    const server = net.connect(Number(port || 5432), hostname);
    const cut = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', cut);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        cut();
      });
    }
    client.on('data', (bytes) => {
      if (this.#strikes('cut_request')) cut();
      else server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (this.#strikes('cut_reply')) cut();
      else if (this.fault !== 'swallow_replies') client.write(bytes);
    });
  }

  #strikes(fault: Fault): boolean {
    if (this.fault !== fault) return false;
    this.fault = 'none';
    return true;
  }
}

/**
 * Listens on a free port of this machine and returns it. Above 32767 an outgoing connection may
 * hold the port that seems free.
 */
export async function listenLow(server: net.Server): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_768);
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', resolve);
      });
      return port;
    } catch (error) {
      // Taken: the next one may be free. Anything else would fail for ever.
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}
