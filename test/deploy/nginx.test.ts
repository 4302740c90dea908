import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../scripts/free-port.ts';
import { deployedNginx, type PrivateNginx, startNginx } from '../../scripts/private-nginx.ts';
import { bodyBytesMax } from '../../src/transport/http.ts';
import { openRouteHouse } from '../security/route-house.ts';
import { skipBecause } from '../setup/skip-because.ts';

const root = path.join(import.meta.dirname, '../..');

/** A gateway that remembers who asked it what. */
class Gateway {
  readonly seen: IncomingMessage[] = [];
  status = 200;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.seen.push(request);
      request.resume();
      response.writeHead(this.status).end('from a gateway');
    });
    this.#server.on('upgrade', (request, socket) => {
      this.seen.push(request);
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n');
      socket.write('Connection: Upgrade\r\n\r\n');
      socket.on('error', () => {});
      socket.pipe(socket);
    });
  }

  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

if (inject('nginx') === undefined)
  skipBecause('The nginx of the deployment', inject('nginxMissing')!);
else {
  describe('The nginx of the deployment', () => {
    let gateways: Gateway[];
    let nginx: PrivateNginx;
    const all = () => gateways.flatMap(({ seen }) => seen);

    beforeEach(async () => {
      gateways = [new Gateway(), new Gateway()];
      const addresses: string[] = [];
      for (const gateway of gateways) addresses.push(await gateway.listen(await freePort()));
      nginx = await startNginx({ config: await deployedNginx(root, addresses) });
    });
    afterEach(async () => {
      await nginx.remove();
      for (const gateway of gateways) gateway.close();
    });

    it('carries a socket both ways', async () => {
      const socket = net.connect(nginx.port, '127.0.0.1');
      const heard = hear(socket);
      socket.write('GET /v1/live HTTP/1.1\r\nHost: shows.example\r\nUpgrade: websocket\r\n');
      socket.write('Connection: Upgrade\r\nSec-WebSocket-Protocol: ingressou.v1.json\r\n\r\n');
      await expect.poll(heard).toMatch(/^HTTP\/1.1 101/);
      socket.write('both ways');
      await expect.poll(heard).toMatch(/both ways$/);
      socket.destroy();
      const [{ headers } = expect.fail()] = all();
      expect(headers).toMatchObject({
        host: 'shows.example',
        upgrade: 'websocket',
        'sec-websocket-protocol': 'ingressou.v1.json',
      });
    });

    it('says itself who asks, whatever they claim', async () => {
      const claims = {
        'x-forwarded-for': '10.0.0.1',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'elsewhere.example',
        'x-real-ip': '10.0.0.1',
        forwarded: 'for=10.0.0.1',
      };
      expect((await ask('/v1/shows', { headers: claims })).status).toBe(200);
      const [{ headers } = expect.fail()] = all();
      expect(headers).toMatchObject({
        'x-forwarded-for': '127.0.0.1',
        'x-real-ip': '127.0.0.1',
        'x-forwarded-proto': 'http',
        'x-forwarded-host': `127.0.0.1:${nginx.port}`,
      });
      expect(headers.forwarded).toBeUndefined();
    });

    it.each(['/metrics', '/readyz', '/%6detrics', '//metrics', '/./metrics', '/a/../metrics'])(
      'keeps %s from the public',
      async (place) => {
        expect((await ask(place)).status).toBe(404);
        expect(all()).toEqual([]);
      },
    );

    it('takes 7 KB of headers and not 9', async () => {
      expect((await ask('/', { headers: { pad: 'x'.repeat(7_000) } })).status).toBe(200);
      const before = all().length;
      for (const headers of [
        { pad: 'x'.repeat(9_000) },
        Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`h${at}`, 'x'.repeat(500)])),
      ]) {
        const { status } = await ask('/', { headers });
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(500);
      }
      expect((await ask(`/${'x'.repeat(9_000)}`)).status).toBe(414);
      expect(all()).toHaveLength(before);
    });

    it('takes a body of 16 KB and no more', async () => {
      const send = (length: number) => ask('/', { method: 'POST', body: 'x'.repeat(length) });
      expect((await send(16 * 1024)).status).toBe(200);
      expect((await send(16 * 1024 + 1)).status).toBe(413);
      expect(all()).toHaveLength(1);
    });

    it('takes of every route what the route takes, and no more', async () => {
      const house = await openRouteHouse();
      const wrong: string[] = [];
      for (const { method, path: place, bodyBytesMax: most = bodyBytesMax } of house.routes) {
        if (method === 'GET') continue;
        const send = (length: number) => {
          // Said by name: Node says nothing of the length of what it does not expect with a DELETE.
          const headers = { 'content-length': `${length}` };
          const options = { method, headers, body: 'x'.repeat(length) };
          return ask(place.replaceAll(/:\w+/g, 'x'), options);
        };
        const statuses = [(await send(most)).status, (await send(most + 1)).status];
        if (String(statuses) !== '200,413') wrong.push(`${method} ${place}: ${statuses}`);
      }
      await house.stop();
      expect(wrong).toEqual([]);
    });

    it('asks the other gateway when one is gone, or leaving', async () => {
      gateways[0]!.close();
      for (let turn = 0; turn < 10; turn += 1) expect((await ask('/')).status).toBe(200);
      expect(gateways[1]!.seen).toHaveLength(10);
    });

    it('asks the other gateway when one is not ready', async () => {
      gateways[0]!.status = 503;
      for (let turn = 0; turn < 10; turn += 1) expect((await ask('/')).status).toBe(200);
      expect(gateways[0]!.seen.length).toBeGreaterThan(0);
    });

    it('writes down neither who asked nor what stood behind the question mark', async () => {
      await ask('/v1/shows?cpf=12345678909');
      const log = path.join(nginx.directory, 'access.log');
      await expect.poll(() => readFile(log, 'utf8')).toContain('GET /v1/shows 200');
      const lines = await readFile(log, 'utf8');
      expect(lines).not.toContain('12345678909');
      expect(lines.replaceAll(/127\.0\.0\.1:\d+/g, 'gateway')).not.toContain('127.0.0.1');
    });

    /** Not `fetch`, which would tidy the path first. */
    function ask(
      place: string,
      options: { method?: string; headers?: Record<string, string>; body?: string } = {},
    ): Promise<{ readonly status: number }> {
      const { method = 'GET', headers = {}, body } = options;
      return new Promise((resolve, reject) => {
        const asked = request(
          { host: '127.0.0.1', port: nginx.port, path: place, method, headers, agent: false },
          (answer) => {
            answer.resume();
            answer.once('end', () => resolve({ status: answer.statusCode ?? 0 }));
          },
        );
        // A refusal may come before the whole body has gone; the answer is what counts.
        asked.once('error', reject);
        asked.end(body);
      });
    }
  });
}

function hear(socket: net.Socket): () => string {
  let text = '';
  socket.on('data', (bytes) => {
    text += String(bytes);
  });
  return () => text;
}
