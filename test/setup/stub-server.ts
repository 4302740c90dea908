import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenLow } from './listen-low.ts';

/** A request as it came. */
export interface StubRequest {
  readonly raw: IncomingMessage;
  readonly method: string;
  readonly url: URL;
  readonly body: Buffer;
}

export interface StubAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** What a stub does with the next requests instead of answering them. */
export type Fault = StubAnswer | 'hang' | 'cut';

/** A server of this machine that stands for a provider's and can misbehave on demand. */
export interface StubServer {
  readonly url: string;
  /** Everything it was asked, the oldest first, whatever became of it. */
  readonly requests: StubRequest[];
  /** One for each of the next requests, in their order. */
  readonly faults: Fault[];
  close(): Promise<void>;
}

/** Answers every request with what `answer` says. */
export async function openStub(answer: (request: StubRequest) => StubAnswer): Promise<StubServer> {
  const requests: StubRequest[] = [];
  const faults: Fault[] = [];
  const server = createServer((raw, response) => {
    void bodyOf(raw).then((body) => {
      const url = new URL(raw.url ?? '/', 'http://stub');
      const request = { raw, method: raw.method ?? '', url, body };
      requests.push(request);
      respond(response, faults.shift() ?? answer(request));
    });
  });
  const port = await listenLow(server);
  const close = (): Promise<void> => {
    return new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  };
  return { url: `http://127.0.0.1:${port}`, requests, faults, close };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function respond(response: ServerResponse, answer: Fault): void {
  if (answer === 'hang') return;
  if (answer === 'cut') {
    response.destroy();
    return;
  }
  const { status, headers = {}, body = '' } = answer;
  response.writeHead(status, headers).end(body);
}
