import { reservedParameters } from './store/pg-connection.ts';

// Addresses of services, as operators write them: what is wrong with one, in words that never repeat
// it, as a password may be in it.

/** What addresses of one service look like. */
export interface AddressForm {
  readonly example: string;
  readonly schemes: readonly string[];
  /** Whether the driver knows where to look when no host is named. */
  readonly needsNoHost?: boolean;
  /** Parameters that it may not carry. */
  readonly reserved?: readonly string[];
}

export const postgresForm: AddressForm = {
  example: 'postgres://user:password@host:5432/database',
  schemes: ['postgres', 'postgresql'],
  // The driver looks for a socket, as `psql` does.
  needsNoHost: true,
  reserved: reservedParameters,
};

/** Undefined when it is one address, and a good one. */
export function addressFlaw(text: string, form: AddressForm): string | undefined {
  const { example, schemes, needsNoHost = false, reserved = [] } = form;
  if (/,\s*[a-z]+:\/\//i.test(text)) return `must be one address, and look like ${example}`;
  const url = URL.canParse(text) && text.includes('://') ? new URL(text) : undefined;
  if (url === undefined || !schemes.includes(url.protocol.slice(0, -1))) {
    return `must look like ${example}`;
  }
  if (url.hostname.includes(',')) return `must name one host, and look like ${example}`;
  if (url.hostname === '' && !needsNoHost) return `must name a host, and look like ${example}`;
  if (![url.username, url.password, url.pathname].every(isDecodable)) {
    return 'has a % that begins no character: a % itself is written %25';
  }
  const taken = reserved.find((name) => url.searchParams.has(name));
  return taken === undefined ? undefined : `may not set ${taken}: nodes set it themselves`;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    // A lone % is all that it throws for.
    return false;
  }
}
