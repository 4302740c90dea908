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
