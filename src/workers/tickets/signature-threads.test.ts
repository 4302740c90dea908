import { importKey, type PublicKey } from '@ingressou/protocol/ticket';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../clock.ts';
import { newKeyPair, signerOf } from './node-ed25519.ts';
import { packQuestions, unpackQuestions } from './signature-batch.ts';
import { SignatureThreads } from './signature-threads.ts';

describe('SignatureThreads', () => {
  let threads: SignatureThreads;
  let broken: unknown[];

  beforeEach(() => {
    broken = [];
    const onBroken = (cause: unknown) => broken.push(cause);
    threads = new SignatureThreads({ clock: systemClock, threads: 2, onBroken });
  });
  afterEach(async () => {
    await threads.close();
    // They would be answered without any thread, only later.
    expect(broken).toEqual([]);
  });

  it('gives each of thousands its own answer, those of the first moment too', async () => {
    const questions = questionsOf(3_000);
    for (let round = 0; round < 3; round += 1) {
      expect(await answersTo(threads, questions)).toEqual(questions.map(({ isRight }) => isRight));
    }
  });

  it('answers what it was asked before it is closed, and what it is asked after that', async () => {
    const questions = questionsOf(500);
    await answersTo(threads, questions.slice(0, 50));
    const before = answersTo(threads, questions);
    // The batches are with the threads by then.
    await new Promise((resolve) => void setImmediate(resolve));
    await threads.close();
    const right = questions.map(({ isRight }) => isRight);
    expect(await before).toEqual(right);
    expect(await answersTo(threads, questions)).toEqual(right);
  });

  it('takes bytes that are no point of the curve for a key that signed nothing', async () => {
    const [question] = questionsOf(1);
    const noPoint = importKey(new Uint8Array(32).fill(2));
    const { signature, message } = question!;
    expect(await threads.verify(signature, message, noPoint)).toBe(false);
  });
});

describe('a batch of questions', () => {
  it('comes out as it went in, whatever the lengths of the messages', () => {
    const questions = [0, 1, 47, 300, 0xffff].map((length, at) => ({
      key: new Uint8Array(32).fill(at),
      signature: new Uint8Array(64).fill(at + 100),
      message: new Uint8Array(length).fill(at + 200),
    }));
    expect(unpackQuestions(packQuestions(questions))).toEqual(questions);
  });

  it('has no room for a message whose length it could not say', () => {
    const bytes = new Uint8Array(64);
    const question = {
      key: bytes.subarray(32),
      signature: bytes,
      message: new Uint8Array(0x10000),
    };
    expect(() => packQuestions([question])).toThrow(RangeError);
  });
});

interface Question {
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
  readonly key: PublicKey;
  readonly isRight: boolean;
}

/** Every seventh one is signed for another message; no batch has the pattern of the one before. */
function questionsOf(count: number): Question[] {
  const shows = Array.from({ length: 3 }, () => newKeyPair());
  return Array.from({ length: count }, (_, at) => {
    const { publicKey, privateKey } = shows[at % shows.length]!;
    const message = new TextEncoder().encode(`ticket ${at}`);
    const isRight = at % 7 !== 3;
    const signed = isRight ? message : new TextEncoder().encode(`another ${at}`);
    return { signature: signerOf(privateKey)(signed), message, key: importKey(publicKey), isRight };
  });
}

async function answersTo(threads: SignatureThreads, questions: Question[]): Promise<boolean[]> {
  return await Promise.all(
    questions.map(({ signature, message, key }) => threads.verify(signature, message, key)),
  );
}
