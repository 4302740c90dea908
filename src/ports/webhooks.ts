/** Who tells us things by HTTP. */
export const webhookSources = ['pagarme', 'sendgrid', 'whatsapp'] as const;

export type WebhookSource = (typeof webhookSources)[number];

/** A webhook exactly as it came. */
export interface RawWebhook {
  readonly source: WebhookSource;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Webhooks as they come in. What they say is believed by nobody: it is a reason to ask. */
export interface WebhookInbox {
  /**
   * Checks who sent it, in constant time, and keeps it. Resolves once it is durable; the same one
   * again is kept once. One that is from its source and cannot be read is `malformed`: it is kept
   * too, but as `broken`, and waits for nobody.
   *
   * @throws {WebhooksUnavailableError} it is kept or not: the sender must send it again
   */
  receive(webhook: RawWebhook): Promise<'kept' | 'known' | 'unauthenticated' | 'malformed'>;

  /**
   * Those nobody has dealt with, the oldest first, at most `max`.
   *
   * @throws {WebhooksUnavailableError}
   */
  waiting(max: number): Promise<readonly KeptWebhook[]>;

  /**
   * Notes that these were dealt with, and how they ended.
   *
   * @throws {WebhooksUnavailableError} all of them are noted or none
   */
  settle(ids: readonly string[], outcome: WebhookOutcome): Promise<void>;

  /**
   * Deletes those that were dealt with and came before `olderThan`: their bodies name people. One
   * of them that comes again then is a new one.
   *
   * @throws {WebhooksUnavailableError}
   */
  forget(olderThan: number): Promise<void>;

  /** Hears that one has been kept by this process. */
  onKept(heard: () => void): void;
}

/** How a webhook ended: something came of it, nothing had to, or nobody can read it. */
export type WebhookOutcome = 'done' | 'ignored' | 'broken';

export interface KeptWebhook {
  readonly id: string;
  readonly source: WebhookSource;
  readonly body: Uint8Array;
  readonly receivedAt: number;
}

/** The inbox does not answer. */
export class WebhooksUnavailableError extends Error {
  override readonly name = 'WebhooksUnavailableError';
  constructor(options?: ErrorOptions) {
    super('Webhooks cannot be kept now.', options);
  }
}
