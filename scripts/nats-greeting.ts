import net from 'node:net';
import { connect } from 'nats';

const PATIENCE_MS = 3_000;
const STANDARD_PORT = 4222;

/** What a NATS says of itself. */
export interface NatsGreeting {
  readonly version: string;
  /** The largest message that it carries. */
  readonly payloadBytesMax: number;
}

/**
 * Connects to a NATS, logs in, and leaves again.
 *
 * @throws {Error} it does not answer, or does not let us in
 */
export async function greetNats(url: string): Promise<NatsGreeting> {
  const { protocol, hostname, port, username, password } = new URL(url);
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
  await expectInfo(hostname, Number(port || STANDARD_PORT));
  const connection = await connect({
    servers: `${hostname}:${port || STANDARD_PORT}`,
    // A name without a password is a token, as in all NATS clients.
    ...(pass === '' ? { token: user } : { user, pass }),
    ...(protocol === 'tls:' ? { tls: {} } : {}),
    reconnect: false,
    timeout: PATIENCE_MS,
  });
  const { version = 'unknown', max_payload: payloadBytesMax = 0 } = connection.info ?? {};
  await connection.close();
  return { version, payloadBytesMax };
}

/** A NATS speaks first. The client never closes its socket to a server that says nothing. */
async function expectInfo(hostname: string, port: number): Promise<void> {
  const socket = net.connect(port, hostname);
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('it says nothing, unlike a NATS')));
  try {
    for await (const bytes of socket) {
      if (String(bytes).startsWith('INFO ')) return;
      throw new Error(`it does not speak as a NATS does: ${String(bytes).slice(0, 40)}`);
    }
    throw new Error('it closed the connection without a word');
  } finally {
    socket.destroy();
  }
}
