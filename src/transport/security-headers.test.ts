import { describe, expect, it } from 'vitest';
import { securityHeaders } from './http.ts';

describe('What browsers are told', () => {
  const directives = (scripts: readonly string[], challenges: readonly string[]) => {
    const policy = securityHeaders({ scripts, challenges })['content-security-policy'] ?? '';
    return new Map(policy.split('; ').map((each) => [each.split(' ')[0], each] as const));
  };

  it('lets a page run, send and show nothing of anybody else', () => {
    const policy = directives([], []);
    expect(policy.get('default-src')).toBe("default-src 'none'");
    expect(policy.get('script-src')).toBe("script-src 'self'");
    expect(policy.get('connect-src')).toBe("connect-src 'self'");
    expect(policy.get('frame-src')).toBe("frame-src 'none'");
    expect(policy.get('form-action')).toBe("form-action 'none'");
  });

  it("lets the provider's scripts run, and the bank of a card ask in a frame", () => {
    const policy = directives(['https://scripts.example'], ['https:']);
    expect(policy.get('script-src')).toBe("script-src 'self' https://scripts.example");
    expect(policy.get('connect-src')).toBe("connect-src 'self' https://scripts.example");
    expect(policy.get('frame-src')).toBe('frame-src https:');
    expect(policy.get('form-action')).toBe('form-action https:');
    expect(policy.get('frame-ancestors')).toBe("frame-ancestors 'none'");
  });
});
