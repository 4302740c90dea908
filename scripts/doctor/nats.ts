import { greetNats } from '../nats-greeting.ts';
import { type Finding, fail, ok } from './finding.ts';
import { reasonOf, unreachable } from './unreachable.ts';

/** A batch of commands to another node, with room for its envelope. */
const PAYLOAD_MIN = 512 * 1024;

/** NATS joins the nodes: whether it answers and carries our largest message. */
export async function nats(url: string): Promise<readonly Finding[]> {
  const name = 'NATS';
  const { host } = new URL(url);
  try {
    const { version, payloadBytesMax: most } = await greetNats(url);
    if (most >= PAYLOAD_MIN) return [ok(name, `${version} at ${host}`)];
    const seen = `${version} carries messages up to ${most} bytes, and ours need ${PAYLOAD_MIN}`;
    return [fail(name, seen, `max_payload: ${PAYLOAD_MIN} in its configuration, or no such line`)];
  } catch (cause) {
    const reason = reasonOf(cause);
    if (!/authorization|authentication/i.test(reason)) {
      return [unreachable(name, 'NATS_URL', url, cause)];
    }
    return [fail(name, `${host}: ${reason}`, 'correct user and password in NATS_URL')];
  }
}
