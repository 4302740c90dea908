import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { listenLow } from './listen-low.ts';

/** What a partner received. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A partner's server that answers as it is told and remembers what it received. */
export interface Partner {
  readonly url: string;
  readonly received: Received[];
  /** `silent`: never answers. */
  status: number | 'silent';
  location: string;
  /** It answers, and never comes to an end. */
  isEndless: boolean;
  /** Bytes of endless answers that were taken. */
  taken: number;
  close(): Promise<void>;
}

export async function openPartner(): Promise<Partner> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      partner.received.push({ headers: request.headers, body });
      if (partner.status === 'silent') return;
      if (partner.location !== '') response.setHeader('location', partner.location);
      response.writeHead(partner.status);
      if (partner.isEndless) goOn(response, partner);
      else response.end('ok');
    });
  });
  const port = await listenLow(server);
  const partner: Partner = {
    url: `http://127.0.0.1:${port}/hook`,
    received: [],
    status: 200,
    location: '',
    isEndless: false,
    taken: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return partner;
}

const chunk = 'x'.repeat(16 * 1024);

function goOn(response: ServerResponse, partner: Partner): void {
  const more = (): void => {
    let isTaken = true;
    while (isTaken && !response.destroyed) {
      isTaken = response.write(chunk);
      partner.taken += chunk.length;
    }
  };
  response.on('drain', more);
  more();
}
