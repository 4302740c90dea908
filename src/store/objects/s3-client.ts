import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { Agent, type Dispatcher, request } from 'undici';
import { ObjectsUnavailableError } from '../../ports/objects.ts';

/** Where a bucket is and who we are there. */
export interface S3Options {
  /** Of the service, without the bucket: `https://s3.sa-east-1.amazonaws.com`. */
  readonly url: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** How long an answer, or the next piece of one, may take. */
  readonly timeoutMs?: number;
  /** How long to wait before the second attempt, the third and so on. */
  readonly retryDelaysMs?: readonly number[];
}

export interface S3Request {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly key: string;
  readonly query?: string;
  readonly type?: string;
  readonly body?: Uint8Array;
}

export type S3Answer = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers' | 'body'>;

const connectMs = 3_000;
const connectionsMax = 16;
/** Of an answer that should be short, if nobody says more. */
const complaintBytesMax = 16 * 1024;

/**
 * Signed requests to one bucket. What every one of them needs: a deadline, and another attempt when
 * nobody answered or the service was busy. All that is asked of it may be asked twice; the worst is
 * an upload whose completion was heard and not answered, which is then made again.
 */
export class S3Client {
  readonly #options: S3Options;
  readonly #timeoutMs: number;
  readonly #retryDelaysMs: readonly number[];
  readonly #agent: Agent;

  constructor(options: S3Options) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#retryDelaysMs = options.retryDelaysMs ?? [200, 1_000];
    this.#agent = new Agent({
      connections: connectionsMax,
      connect: { timeout: Math.min(connectMs, this.#timeoutMs) },
      headersTimeout: this.#timeoutMs,
      bodyTimeout: this.#timeoutMs,
    });
  }

  /**
   * The answer, if it is a 2xx or a 404; its body must be read.
   *
   * @throws {ObjectsUnavailableError}
   */
  async send(asked: S3Request): Promise<S3Answer> {
    for (const delayMs of this.#retryDelaysMs) {
      const answer = await this.#attempt(asked);
      if (!isPassing(answer)) return settled(asked, answer);
      if (!(answer instanceof Error)) await answer.body.dump();
      await pause(delayMs);
    }
    return settled(asked, await this.#attempt(asked));
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #attempt(asked: S3Request): Promise<S3Answer | Error> {
    const signed = await this.#signed(asked);
    try {
      const { method, body = null } = asked;
      const headers = Object.fromEntries(signed.headers);
      return await request(signed.url, { method, headers, body, dispatcher: this.#agent });
    } catch (cause) {
      return new ObjectsUnavailableError(`The object store did not answer ${asked.method}.`, {
        cause,
      });
    }
  }

  /** The hash of the body is signed too: the store refuses bytes that changed on their way. */
  #signed({ method, key, query = '', type, body = new Uint8Array() }: S3Request) {
    const {
      url,
      bucket,
      region,
      accessKey: accessKeyId,
      secretKey: secretAccessKey,
    } = this.#options;
    const headers: Record<string, string> = {
      'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
    };
    if (type !== undefined) headers['content-type'] = type;
    const address = `${url.replace(/\/$/, '')}/${bucket}/${key}${query}`;
    const credentials = { accessKeyId, secretAccessKey, region, service: 's3' };
    return new AwsV4Signer({
      ...credentials,
      method,
      url: address,
      headers,
      allHeaders: true,
    }).sign();
  }
}

/** No answer, or one that may be another one in a moment. */
function isPassing(answer: S3Answer | Error): boolean {
  if (answer instanceof Error) return true;
  return answer.statusCode >= 500 || answer.statusCode === 429;
}

async function settled({ method }: S3Request, answer: S3Answer | Error): Promise<S3Answer> {
  if (answer instanceof Error) throw answer;
  const { statusCode, body } = answer;
  if ((statusCode >= 200 && statusCode < 300) || statusCode === 404) return answer;
  throw refused(method, statusCode, await shortText(body));
}

/** What the store says in the little XML it explains itself with. */
export function refused(method: string, status: number, complaint: string) {
  const code = textIn(complaint, 'Code') ?? 'no code';
  return new ObjectsUnavailableError(
    `The object store answered ${method} with ${status} (${code}).`,
  );
}

/** The text of the first element of that name, if it is a plain one. */
export function textIn(xml: string, element: string): string | undefined {
  const text = new RegExp(`<${element}>([^<]{1,1024})</${element}>`).exec(xml)?.[1];
  return text?.replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

/**
 * A body that should be short, as text.
 *
 * @throws {ObjectsUnavailableError} it does not come, or does not end
 */
export async function shortText(
  body: AsyncIterable<Uint8Array>,
  bytesMax = complaintBytesMax,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > bytesMax) break;
    }
  } catch (cause) {
    throw new ObjectsUnavailableError('An answer of the object store broke off.', { cause });
  }
  return Buffer.concat(chunks).toString('utf8');
}
