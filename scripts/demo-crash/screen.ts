import { type Connection, connect } from '@ingressou/client-sdk';
import type { HoldView } from '@ingressou/protocol';
import { WebSocket } from 'undici';

export interface ScreenOptions {
  readonly url: string;
  readonly token: string;
  readonly event: string;
}

/** How long a screen may take to fill. */
const fillMs = 5_000;

/**
 * What a buyer sees who opens the page anew: the live holds as the server tells them, once all of
 * `expected` are among them, or what there is after a while.
 */
export async function freshScreen(
  options: ScreenOptions,
  expected: readonly string[],
): Promise<readonly HoldView[]> {
  const connection = connect({ ...options, webSocket: WebSocket });
  try {
    return await filled(connection, options.event, expected);
  } finally {
    connection.close();
  }
}

function filled(
  connection: Connection,
  event: string,
  expected: readonly string[],
): Promise<readonly HoldView[]> {
  return new Promise((resolve) => {
    let seen: readonly HoldView[] = [];
    const timer = setTimeout(() => resolve(seen), fillMs);
    connection.event(event).watch((view) => {
      if (!view.isKnown) return;
      seen = view.holds;
      const ids = new Set<string>(seen.map(({ id }) => id));
      if (!expected.every((id) => ids.has(id))) return;
      clearTimeout(timer);
      resolve(seen);
    });
  });
}
