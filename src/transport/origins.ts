/**
 * Whether a page of this origin may open a socket or call a route. Programs send no origin, and
 * no cookie of ours would be sent along anyway; pages must be ours or on the list, to the letter.
 */
export function isAllowedOrigin(origin: string, host: string, allowed: readonly string[]): boolean {
  if (origin === '') return true;
  if (origin === `http://${host}` || origin === `https://${host}`) return true;
  return allowed.includes(origin);
}

/** This machine, a private network (RFC 1918, RFC 4193) or a link-local address. */
export function isPrivatePeer(address: string): boolean {
  return /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd]|fe80:)/.test(
    address,
  );
}

/** uWebSockets writes IPv4 peers as full IPv6 text; this gives `127.0.0.1` and `::1` back. */
export function addressText(raw: string): string {
  const mapped = /^0000:0000:0000:0000:0000:ffff:(..)(..):(..)(..)$/.exec(raw);
  if (mapped === null) return raw === '0000:0000:0000:0000:0000:0000:0000:0001' ? '::1' : raw;
  return mapped
    .slice(1)
    .map((pair) => Number.parseInt(pair, 16))
    .join('.');
}
