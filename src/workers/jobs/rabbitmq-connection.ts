import { Connection } from 'rabbitmq-client';

export interface OpenConnection {
  readonly connection: Connection;
  /** Resolves when the broker has answered the first time, or the first attempt has failed. */
  readonly tried: Promise<void>;
  close(): Promise<void>;
}

export interface ConnectionHeard {
  /** Something broke; an outage is told once. */
  onFailure(cause: unknown): void;
}

/** Between two attempts to reach the broker. */
const reconnectMinMs = 200;
const reconnectMaxMs = 2_000;
/** A broker that takes this long to greet counts as not there. */
const connectMs = 2_000;
/** How long a channel is waited for while there is no connection. */
const acquireMs = 1_000;
/** Four of its halves without a byte, and a broker is gone: a frozen one is noticed in 20 s. */
const heartbeatSeconds = 10;
/** What the last words of a closing connection may take. */
const lastWordsMs = 1_000;

/**
 * A connection that comes back by itself for ever. The client ends the process if nobody listens to
 * its errors, so somebody does from the first line on.
 */
export function openConnection(
  url: string,
  name: string,
  { onFailure }: ConnectionHeard,
): OpenConnection {
  const connection = new Connection({
    url,
    connectionName: name,
    retryLow: reconnectMinMs,
    retryHigh: reconnectMaxMs,
    connectionTimeout: connectMs,
    acquireTimeout: acquireMs,
    heartbeat: heartbeatSeconds,
  });
  let last = '';
  const tried = new Promise<void>((resolve) => {
    connection.on('error', (cause: unknown) => {
      const reason = String(cause);
      if (reason !== last) onFailure(cause);
      last = reason;
      resolve();
    });
    connection.on('connection', () => {
      last = '';
      resolve();
    });
  });
  return { connection, tried, close: () => closed(connection) };
}

/** A broker that has stopped reading hears no last words. */
async function closed(connection: Connection): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, lastWordsMs);
  });
  await Promise.race([connection.close(), patience]);
  clearTimeout(timer);
  connection.unsafeDestroy();
}
