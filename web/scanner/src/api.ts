import type { Show } from '@ingressou/protocol';
import type { PackageHead } from '@ingressou/protocol/admission';
import type { Enrolment } from './enrolment.ts';

/** The server said no, or nothing. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** 0 when there was no answer. */
  readonly status: number;

  constructor(status: number, options?: ErrorOptions) {
    super(`The server answered ${status}.`, options);
    this.status = status;
  }
}

export type FetchedPackage =
  /** What is held is the newest. */
  { readonly kind: 'none' } | { readonly kind: 'whole' | 'delta'; readonly bytes: Uint8Array };

export class Api {
  async enrol(_code: string): Promise<Enrolment> {
    return Promise.reject(new ApiError(0));
  }

  async token(_enrolment: Enrolment): Promise<string> {
    return Promise.reject(new ApiError(0));
  }

  async package(
    _enrolment: Enrolment,
    _checkpoint: number,
    _held: PackageHead | undefined,
  ): Promise<FetchedPackage> {
    return Promise.reject(new ApiError(0));
  }
}

export async function fetchShows(): Promise<readonly Show[]> {
  return await Promise.reject(new ApiError(0));
}
