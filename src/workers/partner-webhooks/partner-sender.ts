import { Agent, request } from 'undici';
import type { PartnerEndpoint } from '../../ports/partners.ts';
import { ForbiddenAddressError, type PartnerAddresses } from './partner-addresses.ts';
import { type PartnerMessage, signedHeaders } from './signature.ts';

/** How telling a partner ended; a closed list. */
export type SendOutcome =
  | 'delivered'
  /** 410: the partner wants to hear no more. */
  | 'gone'
  /** Any other status but 2xx; a redirect too, which nobody follows. */
  | 'refused'
  | 'timed_out'
  | 'unreachable'
  /** Not an address that we call. */
  | 'forbidden_address';

export interface PartnerSenderOptions {
  readonly addresses: PartnerAddresses;
  /** From the name to the last byte of the answer. */
  readonly timeoutMs?: number;
}

const timeoutDefaultMs = 10_000;
/** At a time to one partner; more wait for one of them. */
const connectionsMax = 4;
/** Nobody reads what partners answer; more of it closes the connection. */
const answerBytesMax = 16 * 1024;

/** Tells partners over HTTP. Nothing a partner answers changes where we call. */
export class PartnerSender {
  readonly #options: PartnerSenderOptions;
  readonly #agent: Agent;

  constructor(options: PartnerSenderOptions) {
    const { addresses, timeoutMs = timeoutDefaultMs } = options;
    this.#options = options;
    this.#agent = new Agent({
      connections: connectionsMax,
      connect: { lookup: addresses.lookup, timeout: timeoutMs },
      maxHeaderSize: answerBytesMax,
    });
  }

  async send(
    { url, secrets }: Pick<PartnerEndpoint, 'url' | 'secrets'>,
    message: PartnerMessage,
    now: number,
  ): Promise<SendOutcome> {
    const { addresses, timeoutMs = timeoutDefaultMs } = this.#options;
    if (addresses.flawOf(url) !== undefined) return 'forbidden_address';
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const { statusCode, body } = await request(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Ingressou-Webhooks/1',
          ...signedHeaders(message, secrets, now),
        },
        body: message.body,
        dispatcher: this.#agent,
        signal,
      });
      // The status is the answer: what follows is only read so that the connection can be used again.
      await body.dump({ limit: answerBytesMax }).catch(() => {});
      return outcomeOf(statusCode);
    } catch (cause) {
      // Whatever broke was between us and the partner: it is told by its name and tried again.
      if (signal.aborted) return 'timed_out';
      return cause instanceof ForbiddenAddressError ? 'forbidden_address' : 'unreachable';
    }
  }

  /** Ends every request under way. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

function outcomeOf(status: number): SendOutcome {
  if (status >= 200 && status < 300) return 'delivered';
  return status === 410 ? 'gone' : 'refused';
}
