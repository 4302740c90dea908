import { type Finding, fail } from './finding.ts';

/** How long a service may take to answer. */
export const PATIENCE_MS = 3_000;

/** One line about a service that does not answer. Passwords are not shown. */
export function unreachable(name: string, variable: string, url: string, cause: unknown): Finding {
  const { hostname, port } = new URL(url);
  const address = port === '' ? hostname : `${hostname}:${port}`;
  const seen = `${address}: ${reasonOf(cause)}`;
  return fail(name, seen, nextOf(codeOf(cause), variable, hostname));
}

/** A short reason; a name with two addresses fails with a list and no words of its own. */
export function reasonOf(cause: unknown): string {
  switch (codeOf(cause)) {
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'this name is not known';
    case 'ECONNRESET':
      return 'the connection was cut: is it this service, and with or without TLS as the URL says?';
    case 'ETIMEDOUT':
      return 'no answer';
    default:
      return cause instanceof Error ? (cause.message.split('\n')[0] ?? cause.name) : String(cause);
  }
}

function nextOf(code: string, variable: string, hostname: string): string {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `correct the host of ${variable}, or make it known: getent hosts ${hostname}`;
    case 'ECONNREFUSED':
      return `start the service, or correct ${variable}`;
    default:
      return `correct ${variable}, or see what the service logs`;
  }
}

export function codeOf(cause: unknown): string {
  if (cause instanceof AggregateError) return codeOf(cause.errors[0]);
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}
