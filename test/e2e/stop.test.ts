import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { uuid7 } from '@ingressou/protocol';
import { expect, it } from 'vitest';
import { listenLow } from '../setup/listen-low.ts';
import { openNode } from '../setup/node.ts';

const patience = { timeout: 20_000 };

it('a node is stopped though a job never ends, and the job is begun again by the next one', async () => {
  let begun = 0;
  let answers = false;
  // Where files are kept: it takes what it is sent, and says nothing.
  const place = createServer((request, response) => {
    begun += 1;
    request.resume();
    if (answers) response.writeHead(503).end();
  });
  const url = `http://127.0.0.1:${await listenLow(place)}`;
  const keys = { accessKey: 'key', secretKey: 'secret' };
  const first = await openNode({ objects: { url, bucket: 'files', region: 'here', ...keys } });
  const { event } = await first.createShow({ lots: [{ quantity: 10 }] });
  const token = await first.mintToken({ role: 'PRODUTOR', shows: [event] });
  const asked = await fetch(`${first.url}/v1/shows/${event}/exports`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': uuid7(Date.now(), randomBytes(16)),
    },
    body: JSON.stringify({ kind: 'sales' }),
  });
  expect(asked.status).toBe(202);
  await expect.poll(() => begun, patience).toBe(1);

  const next = await first.restart();
  answers = true;
  await expect.poll(() => begun, patience).toBeGreaterThan(1);
  await next.stop();
  place.closeAllConnections();
  place.close();
});
