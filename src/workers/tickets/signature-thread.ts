import { parentPort } from 'node:worker_threads';
import { importKey, type PublicKey } from '@ingressou/protocol/ticket';
import { hasSigned } from './node-ed25519.ts';
import { type SignatureQuestion, unpackQuestions } from './signature-batch.ts';

// The whole of a thread that looks at signatures: a batch comes, one byte for each goes back.

/** Shows have few keys; those of holders are as many as tickets, and each is asked once or twice. */
const keysMax = 1_000;
const keys = new Map<string, PublicKey>();

parentPort?.on('message', (batch: Uint8Array) => {
  parentPort?.postMessage(Uint8Array.from(unpackQuestions(batch), answerTo));
});
parentPort?.postMessage('ready');

function answerTo({ signature, message, key }: SignatureQuestion): number {
  return hasSigned(signature, message, keyOf(key)) ? 1 : 0;
}

function keyOf(bytes: Uint8Array): PublicKey {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  let key = keys.get(text);
  if (key === undefined) {
    if (keys.size >= keysMax) keys.clear();
    key = importKey(bytes);
    keys.set(text, key);
  }
  return key;
}
