import { describe, expect, it } from 'vitest';
import { ForbiddenAddressError, PartnerAddresses } from './partner-addresses.ts';

const addresses = new PartnerAddresses();
const atHome = new PartnerAddresses(['127.0.0.0/8', '::1', '10.1.0.0/16']);

describe('an address', () => {
  it.each([
    ['8.8.8.8', true],
    ['200.160.2.3', true],
    ['2001:4860:4860::8888', true],
    ['2804:10:10::20', true],
    ['127.0.0.1', false],
    ['127.1.2.3', false],
    ['0.0.0.0', false],
    ['10.0.0.1', false],
    ['172.16.0.1', false],
    ['172.32.0.1', true],
    ['192.168.1.1', false],
    ['169.254.169.254', false],
    ['100.64.0.1', false],
    ['198.18.0.1', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['::', false],
    ['::1', false],
    ['::ffff:127.0.0.1', false],
    ['::ffff:8.8.8.8', false],
    ['64:ff9b::7f00:1', false],
    ['2002:7f00:1::', false],
    ['fc00::1', false],
    ['fe80::1', false],
    ['ff02::1', false],
    ['2001:db8::1', false],
  ])('%s is public: %s', (address, isPublic) => {
    expect(addresses.allows(address)).toBe(isPublic);
  });

  it('that an operator allows is allowed, and no other', () => {
    expect(['127.0.0.1', '::1', '10.1.2.3'].map((each) => atHome.allows(each))).toEqual([
      true,
      true,
      true,
    ]);
    expect(atHome.allows('10.2.0.1')).toBe(false);
  });
});

describe('a URL', () => {
  it.each([
    ['https://parceiro.example/hook?x=1', undefined],
    ['https://parceiro.example:8443/', undefined],
    ['http://parceiro.example/', 'not_https'],
    ['ftp://parceiro.example/', 'not_https'],
    ['javascript:alert(1)', 'not_https'],
    ['parceiro.example', 'not_a_url'],
    ['https://user:secret@parceiro.example/', 'has_credentials'],
    ['https://127.0.0.1/', 'not_public'],
    ['https://2130706433/', 'not_public'],
    ['https://0x7f.1/', 'not_public'],
    ['https://[::1]/', 'not_public'],
    ['https://[::ffff:127.0.0.1]/', 'not_public'],
    ['https://169.254.169.254/latest/meta-data', 'not_public'],
    ['http://localhost:8080/', 'not_https'],
  ])('%s is refused as %s', (url, flaw) => expect(addresses.flawOf(url)).toBe(flaw));

  it('of this machine goes in the clear where that is allowed, and no other', () => {
    expect(atHome.flawOf('http://127.0.0.1:8080/')).toBeUndefined();
    expect(atHome.flawOf('http://localhost:8080/')).toBeUndefined();
    expect(atHome.flawOf('http://10.1.2.3/')).toBe('not_https');
    expect(atHome.flawOf('http://127.evil.example/')).toBe('not_https');
    expect(atHome.flawOf('https://10.1.2.3/')).toBeUndefined();
  });
});

describe('a name', () => {
  const resolved = (from: PartnerAddresses, all: boolean) =>
    new Promise<unknown>((resolve) => {
      from.lookup('localhost', { all }, (error, address) => resolve(error ?? address));
    });

  it('of this machine resolves to nothing, unless that is allowed', async () => {
    expect(await resolved(addresses, true)).toBeInstanceOf(ForbiddenAddressError);
    expect(await resolved(addresses, false)).toBeInstanceOf(ForbiddenAddressError);
    expect(await resolved(atHome, false)).toMatch(/^(127\.0\.0\.1|::1)$/);
    expect(await resolved(atHome, true)).toEqual(
      expect.arrayContaining([expect.objectContaining({ family: expect.any(Number) })]),
    );
  });
});
