import { createServer, type IncomingHttpHeaders } from 'node:http';
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
  answer: string;
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
      response.writeHead(partner.status).end(partner.answer);
    });
  });
  const port = await listenLow(server);
  const partner: Partner = {
    url: `http://127.0.0.1:${port}/hook`,
    received: [],
    status: 200,
    location: '',
    answer: 'ok',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return partner;
}
