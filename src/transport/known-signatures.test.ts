import { importKey, type Verify } from '@ingressou/protocol/ticket';
import { expect, it } from 'vitest';
import { newKeyPair, signerOf, verifyOnNode } from '../workers/tickets/node-ed25519.ts';
import { KnownSignatures } from './known-signatures.ts';

const pair = newKeyPair();
const signer = importKey(pair.publicKey);
const sign = signerOf(pair.privateKey);
const message = (text: string) => new TextEncoder().encode(text);

/** Counts what the engine is asked. */
function known(max?: number) {
  let asked = 0;
  const engine: Verify = (...question) => {
    asked += 1;
    return verifyOnNode(...question);
  };
  const { knows, verify } = new KnownSignatures(engine, max);
  return { knows, verify, asked: () => asked };
}

it('asks the engine once for a signature that is right, and each time for one that is not', async () => {
  const { verify, asked } = known();
  const signature = sign(message('a'));
  expect([
    await verify(signature, message('a'), signer),
    await verify(signature, message('a'), signer),
    asked(),
  ]).toEqual([true, true, 1]);
  const forged = signature.with(7, signature[7]! ^ 1);
  for (let time = 0; time < 2; time += 1) {
    expect(await verify(forged, message('a'), signer)).toBe(false);
  }
  expect(asked()).toBe(3);
});

it('takes no signature for another message or key', async () => {
  const { verify, asked } = known();
  const signature = sign(message('a'));
  await verify(signature, message('a'), signer);
  const other = importKey(newKeyPair().publicKey);
  expect(await verify(signature, message('b'), signer)).toBe(false);
  expect(await verify(signature, message('a'), other)).toBe(false);
  expect(asked()).toBe(3);
});

it('remembers no more than it has room for, and forgets the oldest', async () => {
  const { verify, asked } = known(2);
  const ask = (text: string) => verify(sign(message(text)), message(text), signer);
  for (const text of ['a', 'b', 'c', 'b', 'c', 'a']) expect(await ask(text)).toBe(true);
  expect(asked()).toBe(4);
});

it('says what it knows without asking', async () => {
  const { knows, verify, asked } = known();
  const signature = sign(message('a'));
  expect(knows(signature, message('a'), signer)).toBe(false);
  await verify(signature, message('a'), signer);
  expect(knows(signature, message('a'), signer)).toBe(true);
  expect(knows(signature, message('b'), signer)).toBe(false);
  expect(asked()).toBe(1);
});
