import net from 'node:net';

const PATIENCE_MS = 3_000;
const STANDARD_PORT = 5672;
/** What a client says first: the protocol and its version. */
const GREETING = Buffer.from('AMQP\0\0\x09\x01', 'latin1');
/** A frame of a method on channel 0; the server's first one is `connection.start`. */
const METHOD_FRAME = 1;

/**
 * Asks whether an AMQP 0-9-1 server answers; nobody logs in.
 *
 * @throws {Error} nobody answers, or something else does
 */
export async function checkAmqp(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = net.connect(Number(port || STANDARD_PORT), hostname);
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('it says nothing')));
  try {
    socket.write(GREETING);
    for await (const bytes of socket) {
      if (bytes[0] === METHOD_FRAME) return;
      throw new Error(`it does not speak AMQP 0-9-1: ${String(bytes).slice(0, 40)}`);
    }
    throw new Error('it closed the connection without a word');
  } finally {
    socket.destroy();
  }
}
