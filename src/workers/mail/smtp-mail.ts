import { createTransport, type NodemailerError, type Transporter } from 'nodemailer';
import {
  DeliveryRefusedError,
  DeliveryUnavailableError,
  type Mail,
  type OutgoingMail,
} from '../../ports/mail.ts';
import { composed } from './composed.ts';
import type { Mailbox } from './mailbox.ts';
import { sendable } from './sendable.ts';

export interface SmtpOptions {
  /** `smtps://user:password@host:465` or `smtp://host:587`. */
  readonly url: string;
  readonly from: Mailbox;
  /** How long the server may take for a step, and how long for a whole mail is six times that. */
  readonly timeoutMs?: number;
}

const connectionsMax = 4;
const stepsPerMail = 6;

/** Mail through a server that speaks SMTP. */
export class SmtpMail implements Mail {
  readonly #from: Mailbox;
  readonly #timeoutMs: number;
  readonly #transport: Transporter;

  constructor({ url, from, timeoutMs = 10_000 }: SmtpOptions) {
    this.#from = from;
    this.#timeoutMs = timeoutMs;
    this.#transport = createTransport({
      url,
      pool: true,
      maxConnections: connectionsMax,
      // Whoever asked tries again, and knows how often.
      maxRequeues: 0,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
    });
  }

  async send(mail: OutgoingMail): Promise<{ readonly messageId: string }> {
    const message = composed(sendable(mail), this.#from);
    const signal = AbortSignal.timeout(this.#timeoutMs * stepsPerMail);
    try {
      const { messageId } = await this.#transport.sendMail({ ...message, signal });
      return { messageId };
    } catch (failure) {
      throw translated(failure);
    }
  }

  close(): void {
    this.#transport.close();
  }
}

/**
 * A 5xx about this mail is for good; everything else may pass. The server's own words quote
 * addresses, so of a mail that it answered only codes are told, and no cause.
 */
function translated(failure: unknown): Error {
  const { code, responseCode, permanent } = failure as NodemailerError;
  if (responseCode === undefined) {
    const words = `The mail server did not take it (${code ?? 'no code'}).`;
    return new DeliveryUnavailableError(words, { cause: failure });
  }
  const words = `The mail server answered ${responseCode} (${code ?? 'no code'}).`;
  const isAboutMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (isAboutMail && permanent === true) return new DeliveryRefusedError(words);
  return new DeliveryUnavailableError(words);
}
