import { publicKeyBytes, signatureBytes } from '@ingressou/protocol/ticket';

/** Whether `signature` is the key's over `message`. */
export interface SignatureQuestion {
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
  readonly key: Uint8Array;
}

/** What goes to a thread: key 32 · signature 64 · length of the message u16 · message, one by one. */
const headBytes = publicKeyBytes + signatureBytes + 2;

/** @throws {RangeError} a message has 64 KiB or more */
export function packQuestions(questions: readonly SignatureQuestion[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const { message } of questions) length += headBytes + message.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const { signature, message, key } of questions) {
    if (message.length > 0xffff) throw new RangeError('A signed message is shorter than 64 KiB.');
    bytes.set(key, at);
    bytes.set(signature, at + publicKeyBytes);
    bytes[at + headBytes - 2] = message.length >> 8;
    bytes[at + headBytes - 1] = message.length & 0xff;
    bytes.set(message, at + headBytes);
    at += headBytes + message.length;
  }
  return bytes;
}

/** The other way round, as views. */
export function unpackQuestions(bytes: Uint8Array): SignatureQuestion[] {
  const questions: SignatureQuestion[] = [];
  for (let at = 0; at < bytes.length; ) {
    const messageAt = at + headBytes;
    const end = messageAt + bytes[messageAt - 2]! * 256 + bytes[messageAt - 1]!;
    questions.push({
      key: bytes.subarray(at, at + publicKeyBytes),
      signature: bytes.subarray(at + publicKeyBytes, messageAt - 2),
      message: bytes.subarray(messageAt, end),
    });
    at = end;
  }
  return questions;
}
