import { describe, expect, it } from 'vitest';
import { httpUrl, liveUrl } from './addresses.ts';
import { MisuseError } from './errors.ts';

describe('the address of the live socket', () => {
  it.each([
    ['http://localhost:8080', 'ws://localhost:8080/v1/live'],
    ['https://ingressou.example', 'wss://ingressou.example/v1/live'],
    ['https://ingressou.example/', 'wss://ingressou.example/v1/live'],
    ['wss://ingressou.example/sales/', 'wss://ingressou.example/sales/v1/live'],
    ['ws://127.0.0.1:9?a=b#c', 'ws://127.0.0.1:9/v1/live'],
  ])('below %s is %s', (base, expected) => {
    expect(liveUrl(base)).toBe(expected);
  });

  it.each(['', 'ingressou.example', 'ftp://ingressou.example', 'http://', 'http://a:99999'])(
    'below %j does not exist',
    (base) => {
      expect(() => liveUrl(base)).toThrow(MisuseError);
    },
  );
});

describe('the address of requests', () => {
  it.each([
    ['http://localhost:8080', 'http://localhost:8080'],
    ['wss://ingressou.example/sales/', 'https://ingressou.example/sales'],
  ])('below %s is %s', (base, expected) => {
    expect(httpUrl(base)).toBe(expected);
  });
});
