import { describe, expect, it } from 'vitest';
import { addressText, isAllowedOrigin, isPrivatePeer } from './origins.ts';

describe('an origin', () => {
  it.each([
    ['', true],
    ['https://ingressos.example', true],
    ['http://ingressos.example', true],
    ['https://loja.example', true],
    ['null', false],
    ['https://ingressos.example.evil', false],
    ['https://evil.ingressos.example', false],
    ['https://ingressos.example:444', false],
    ['https://INGRESSOS.example', false],
    ['https://ingressos.example.', false],
    ['ingressos.example', false],
  ])('%j is allowed: %s', (origin, isAllowed) => {
    expect(isAllowedOrigin(origin, 'ingressos.example', ['https://loja.example'])).toBe(isAllowed);
  });
});

describe('a peer', () => {
  it.each([
    ['127.0.0.1', true],
    ['10.1.2.3', true],
    ['172.16.0.1', true],
    ['172.31.255.1', true],
    ['172.32.0.1', false],
    ['192.168.1.1', true],
    ['192.169.1.1', false],
    ['::1', true],
    ['fd00::1', true],
    ['8.8.8.8', false],
    ['2001:db8::1', false],
  ])('%s is of a private network: %s', (address, isPrivate) => {
    expect(isPrivatePeer(address)).toBe(isPrivate);
  });

  it.each([
    ['0000:0000:0000:0000:0000:ffff:7f00:0001', '127.0.0.1'],
    ['0000:0000:0000:0000:0000:0000:0000:0001', '::1'],
    ['fe80:0000:0000:0000:0000:0000:0000:0001', 'fe80:0000:0000:0000:0000:0000:0000:0001'],
  ])('written %s is %s', (raw, address) => {
    expect(addressText(raw)).toBe(address);
  });
});
