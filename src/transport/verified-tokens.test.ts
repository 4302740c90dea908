import { expect, it } from 'vitest';
import { newTokens } from '../../test/setup/route-server.ts';
import { newSubject, TokenError } from './access-tokens.ts';
import { VerifiedTokens } from './verified-tokens.ts';

const startsAt = 1_767_225_600_000;

function stage(tokensMax: number) {
  const tokens = newTokens();
  let now = startsAt;
  const verified = new VerifiedTokens({ tokens, wallClock: { now: () => now }, tokensMax });
  const sign = () => tokens.sign(newSubject(), 'CLIENTE', startsAt, 60_000);
  const pass = (ms: number) => {
    now += ms;
  };
  return { verified, sign, pass };
}

it('gives the same identity back as long as the token is valid', async () => {
  const { verified, sign, pass } = stage(10);
  const token = await sign();
  const first = await verified.verify(token);
  pass(59_000);
  expect(await verified.verify(token)).toBe(first);
  pass(10_000);
  await expect(verified.verify(token)).rejects.toThrow(TokenError);
  expect(verified.size).toBe(0);
});

it('remembers no more than it may, and keeps those that are used', async () => {
  const { verified, sign } = stage(2);
  const [often, once, last] = [await sign(), await sign(), await sign()];
  const identity = await verified.verify(often);
  await verified.verify(once);
  await verified.verify(often);
  await verified.verify(last);
  expect(verified.size).toBe(2);
  expect(await verified.verify(often)).toBe(identity);
});

it('remembers nothing of tokens that are refused', async () => {
  const { verified } = stage(2);
  await expect(verified.verify('a.b.c')).rejects.toThrow(TokenError);
  expect(verified.size).toBe(0);
});
