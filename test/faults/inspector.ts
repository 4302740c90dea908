import { once } from 'node:events';
import { type MessageEvent, WebSocket } from 'undici';

/**
 * Keeps the event loop of a process busy through its inspector, which is there when it was started
 * with `--inspect`. Resolves, when it is over, with how long it was busy in milliseconds.
 */
export async function stall(inspectorPort: number, ms: number): Promise<number> {
  const socket = new WebSocket(await debuggerUrl(inspectorPort));
  try {
    await once(socket, 'open');
    const expression = `(() => {
      const begunAt = Date.now();
      while (Date.now() - begunAt < ${ms});
      return Date.now() - begunAt;
    })()`;
    const params = { expression, returnByValue: true };
    socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }));
    const [{ data }] = (await once(socket, 'message')) as [MessageEvent];
    const { result } = JSON.parse(String(data)) as { result: { result: { value: number } } };
    return result.result.value;
  } finally {
    socket.close();
  }
}

async function debuggerUrl(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/json/list`);
  const [target] = (await response.json()) as { webSocketDebuggerUrl: string }[];
  if (target === undefined) throw new Error(`Nothing can be inspected on port ${port}.`);
  return target.webSocketDebuggerUrl;
}
