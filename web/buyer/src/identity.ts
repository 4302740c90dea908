import { UUID_PATTERN } from '@ingressou/protocol';
import { ApiError, fetchDevToken } from './api.ts';

/** Gives an access token, again and again; undefined when nobody can sign in here. */
export type Identity = { readonly token: () => Promise<string> } | undefined;

const storageKey = 'ingressou.subject';

/**
 * Who this browser is. A reload is the same buyer, because the subject is kept.
 *
 * @throws {ApiError} when the server cannot be asked
 */
export async function openIdentity(): Promise<Identity> {
  try {
    let first: string | undefined = await freshToken();
    return {
      async token() {
        const token = first ?? (await freshToken());
        first = undefined;
        return token;
      },
    };
  } catch (error) {
    // Without the development route the page may only watch.
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

async function freshToken(): Promise<string> {
  const { token, subject } = await fetchDevToken(rememberedSubject());
  remember(subject);
  return token;
}

function rememberedSubject(): string | undefined {
  try {
    const subject = localStorage.getItem(storageKey) ?? '';
    return UUID_PATTERN.test(subject) ? subject : undefined;
  } catch {
    // A browser may forbid storage; then every reload is a new buyer.
    return undefined;
  }
}

function remember(subject: string): void {
  try {
    localStorage.setItem(storageKey, subject);
  } catch {
    // As above.
  }
}
