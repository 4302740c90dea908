import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** An address that a partner named and that is none of the public internet's. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
  constructor() {
    super('The address is not of the public internet.');
  }
}

/** Why an address cannot be a partner's; a closed list. */
export type UrlFlaw = 'not_a_url' | 'not_https' | 'has_credentials' | 'not_public';

/**
 * Which addresses webhooks may go to: those of the public internet, and networks that the operator
 * names. A partner names the address, so without this they could have our own servers called.
 */
export class PartnerAddresses {
  readonly #allowed = new BlockList();

  /** @param networks besides the public internet, as `10.1.0.0/16`; loopback in development */
  constructor(networks: readonly string[] = []) {
    for (const network of networks) {
      const [address = '', bits = ''] = network.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      this.#allowed.addSubnet(address, bits === '' ? widest[family] : Number(bits), family);
    }
  }

  /** What is wrong with a URL before anybody has resolved its name. */
  flawOf(text: string): UrlFlaw | undefined {
    if (!URL.canParse(text)) return 'not_a_url';
    const { protocol, hostname, username, password } = new URL(text);
    if (username !== '' || password !== '') return 'has_credentials';
    const host = hostname.replace(/^\[|\]$/g, '');
    const isAddress = isIP(host) !== 0;
    if (isAddress && !this.allows(host)) return 'not_public';
    if (protocol === 'https:') return undefined;
    // Only what never leaves this machine goes in the clear.
    return protocol === 'http:' && this.#isOwn(host) ? undefined : 'not_https';
  }

  /** Whether webhooks may go to this IP address. */
  allows(address: string): boolean {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (this.#allowed.check(address, family)) return true;
    if (family === 'ipv4') return !special.check(address, 'ipv4');
    return unicast.check(address, 'ipv6') && !special.check(address, 'ipv6');
  }

  /**
   * Resolves a name for a socket that is about to connect. What was checked is what is connected to:
   * a name that changes its address in between is checked again.
   */
  readonly lookup: LookupFunction = (hostname, options, done) => {
    lookup(hostname, { ...(options as LookupOptions), all: true }, (error, addresses) => {
      if (error !== null) return done(error, '', 0);
      if (!addresses.every(({ address }) => this.allows(address))) {
        return done(new ForbiddenAddressError(), '', 0);
      }
      hand(addresses, options, done);
    });
  };

  #isOwn(host: string): boolean {
    const isLoopback = host === 'localhost' || host === '::1' || /^127\.[\d.]+$/.test(host);
    return isLoopback && (this.allows('127.0.0.1') || this.allows('::1'));
  }
}

/** In the form that the socket asked for. */
function hand(
  addresses: readonly LookupAddress[],
  { all }: { readonly all?: boolean | undefined },
  done: Parameters<LookupFunction>[2],
): void {
  const [first = { address: '', family: 0 }] = addresses;
  if (all) done(null, [...addresses]);
  else done(null, first.address, first.family);
}

/** What is behind `PRIVATE_WEBHOOKS`: this machine and its neighbours. */
export const privateNetworks: readonly string[] = [
  '127.0.0.0/8',
  '::1',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
];

const widest = { ipv4: 32, ipv6: 128 } as const;

/** The special-purpose registries of IANA (RFC 6890), and what carries IPv4 inside IPv6. */
const special = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  special.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  special.addSubnet(network, bits, 'ipv6');
}

/** Everything else of IPv6 is local, reserved, or IPv4 in disguise. */
const unicast = new BlockList();
unicast.addSubnet('2000::', 3, 'ipv6');
