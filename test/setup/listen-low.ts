import { randomInt } from 'node:crypto';
import type net from 'node:net';

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
