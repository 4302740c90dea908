import type { EventId } from '@ingressou/protocol';

/** Where partners want to be told of what happens. */
export interface PartnerEndpoints {
  /** @throws {PartnersUnavailableError} */
  add(endpoint: NewPartnerEndpoint): Promise<void>;
  /** All, the oldest first. @throws {PartnersUnavailableError} */
  list(): Promise<readonly PartnerEndpoint[]>;
  /** @throws {PartnersUnavailableError} */
  find(id: string): Promise<PartnerEndpoint | undefined>;
  /** The ids of those that are told about a show and not disabled. @throws {PartnersUnavailableError} */
  tellOf(event: EventId | undefined): Promise<readonly string[]>;

  /** It works: its failures are forgotten. @throws {PartnersUnavailableError} */
  noteSuccess(id: string): Promise<void>;
  /**
   * It failed once more. Returns how often in a row, and since when; undefined when it is not there.
   *
   * @throws {PartnersUnavailableError}
   */
  noteFailure(id: string, now: number): Promise<Failing | undefined>;

  /** False when it was disabled before, or is not there. @throws {PartnersUnavailableError} */
  disable(id: string, now: number): Promise<boolean>;
  /** Uses it again, as if it had never failed. False when it is not there. @throws {PartnersUnavailableError} */
  enable(id: string): Promise<boolean>;
  /** False when it is not there. @throws {PartnersUnavailableError} */
  remove(id: string): Promise<boolean>;
  /** Replaces the secrets, the newest first. False when it is not there. @throws {PartnersUnavailableError} */
  setSecrets(id: string, secrets: readonly string[]): Promise<boolean>;
}

export interface NewPartnerEndpoint {
  readonly id: string;
  /** Undefined: of every show. */
  readonly event?: EventId;
  readonly url: string;
  /** `whsec_…`, the newest first; two while one replaces the other. Each message is signed with all. */
  readonly secrets: readonly string[];
}

export interface PartnerEndpoint extends NewPartnerEndpoint {
  /** In a row, up to now. */
  readonly failures: number;
  readonly disabledAt?: number;
}

export interface Failing {
  readonly failures: number;
  readonly since: number;
}

/** The endpoints cannot be reached now. Asking again is safe. */
export class PartnersUnavailableError extends Error {
  override readonly name = 'PartnersUnavailableError';
  constructor(options?: ErrorOptions) {
    super("The partners' endpoints cannot be reached.", options);
  }
}
