import { describe, expect, it } from 'vitest';
import { pagarmeAddresses } from './pagarme-addresses.ts';

describe('the addresses of Pagar.me', () => {
  it('are those of its test environment for a test key alone', () => {
    const test = pagarmeAddresses('sk_test_x');
    const live = pagarmeAddresses('sk_x');
    expect(live.challengeUrl).toBe('https://3ds.stone.com.br/v2');
    expect(live.scripts.challenge).toContain('/live/');
    expect(test.challengeUrl).toBe('https://3ds-sdx.stone.com.br/v2');
    expect(test.scripts.challenge).toContain('/test/');
    expect(test.apiUrl).toBe(live.apiUrl);
  });
});
