import {
  listMax,
  type Objects,
  ObjectsUnavailableError,
  type StoredObject,
  type StoredStream,
} from '../../ports/objects.ts';
import { checkedKey, checkedType } from './object-key.ts';
import { partsOf } from './parts.ts';
import { refused, S3Client, type S3Options, shortText, textIn } from './s3-client.ts';
import { whole } from './whole.ts';

/** What a stream holds in memory; S3 wants at least 5 MiB of every part but the last. */
const partBytes = 8 * 1024 * 1024;
/** More than a list of as many keys as one may have. */
const listBytesMax = 2 * 1024 * 1024;
/** Of S3. With the size above, 80 GB. */
const partsMax = 10_000;

export interface S3ObjectsOptions extends S3Options {
  /** For tests: a smaller part than S3 would take. */
  readonly partBytes?: number;
}

/** Objects in a bucket of S3, or of what speaks like it. */
export class S3Objects implements Objects {
  readonly #client: S3Client;
  readonly #partBytes: number;

  constructor(options: S3ObjectsOptions) {
    this.#client = new S3Client(options);
    this.#partBytes = options.partBytes ?? partBytes;
  }

  async put(key: string, bytes: Uint8Array, type: string): Promise<void> {
    const asked = { method: 'PUT', key: checkedKey(key), type: checkedType(type) } as const;
    await this.#text({ ...asked, body: bytes });
  }

  /** One request when it all fits into a part, else one per part; a part at a time. */
  async putStream(key: string, chunks: AsyncIterable<Uint8Array>, type: string): Promise<void> {
    checkedKey(key);
    checkedType(type);
    let upload: Upload | undefined;
    try {
      for await (const { bytes, isLast } of partsOf(chunks, this.#partBytes)) {
        if (isLast && upload === undefined) return await this.put(key, bytes, type);
        upload ??= await this.#begin(key, type);
        await this.#add(upload, bytes);
      }
      if (upload !== undefined) await this.#complete(upload);
    } catch (failure) {
      if (upload !== undefined) await this.#abort(upload);
      throw failure;
    }
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const stream = await this.getStream(key);
    return stream && whole(stream);
  }

  async getStream(key: string): Promise<StoredStream | undefined> {
    const answer = await this.#client.send({ method: 'GET', key: checkedKey(key) });
    if (answer.statusCode === 404) {
      await noSuchKey(answer.body);
      return undefined;
    }
    const type = String(answer.headers['content-type'] ?? 'application/octet-stream');
    const size = Number(answer.headers['content-length']);
    if (!Number.isSafeInteger(size)) {
      await answer.body.dump();
      throw new ObjectsUnavailableError('The object store does not say how long an object is.');
    }
    return { chunks: piecesOf(answer.body), type, size };
  }

  async delete(key: string): Promise<void> {
    const answer = await this.#client.send({ method: 'DELETE', key: checkedKey(key) });
    if (answer.statusCode === 404) await noSuchKey(answer.body);
    else await answer.body.dump();
  }

  async list(under: string, max: number): Promise<readonly string[]> {
    const prefix = encodeURIComponent(`${checkedKey(under)}/`);
    const query = `?list-type=2&max-keys=${Math.min(max, listMax)}&prefix=${prefix}`;
    const xml = await this.#text({ method: 'GET', key: '', query }, listBytesMax);
    if (!xml.includes('<ListBucketResult')) throw refused('GET', 200, xml);
    // Our keys have nothing in them that XML would write in another way.
    return [...xml.matchAll(/<Key>([^<&]+)<\/Key>/g)].map(([, key = '']) => key);
  }

  /** Ends every request under way. */
  close(): Promise<void> {
    return this.#client.close();
  }

  async #begin(key: string, type: string): Promise<Upload> {
    const xml = await this.#text({ method: 'POST', key, query: '?uploads=', type });
    const id = textIn(xml, 'UploadId');
    if (id === undefined) throw refused('POST', 200, xml);
    return { key, id, etags: [] };
  }

  async #add({ key, id, etags }: Upload, body: Uint8Array): Promise<void> {
    if (etags.length >= partsMax) throw new ObjectsUnavailableError('The object is too large.');
    const query = `?partNumber=${etags.length + 1}&uploadId=${encodeURIComponent(id)}`;
    const answer = await this.#client.send({ method: 'PUT', key, query, body });
    const text = await shortText(answer.body);
    const { etag } = answer.headers;
    if (answer.statusCode === 404 || typeof etag !== 'string') {
      throw refused('PUT', answer.statusCode, text);
    }
    etags.push(etag);
  }

  /** S3 may begin with 200 and find out later: only the text says how it ended. */
  async #complete({ key, id, etags }: Upload): Promise<void> {
    const parts = etags.map((etag, index) => {
      return `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escaped(etag)}</ETag></Part>`;
    });
    const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
    const query = `?uploadId=${encodeURIComponent(id)}`;
    const xml = await this.#text({ method: 'POST', key, query, body: Buffer.from(body) });
    if (!xml.includes('<CompleteMultipartUploadResult')) throw refused('POST', 200, xml);
  }

  async #abort({ key, id }: Upload): Promise<void> {
    try {
      const query = `?uploadId=${encodeURIComponent(id)}`;
      const { body } = await this.#client.send({ method: 'DELETE', key, query });
      await body.dump();
    } catch {
      // What made us give up is what the caller needs to know; the bucket's lifecycle rule removes
      // parts that nobody completed.
    }
  }

  async #text(asked: Parameters<S3Client['send']>[0], bytesMax?: number): Promise<string> {
    const answer = await this.#client.send(asked);
    const text = await shortText(answer.body, bytesMax);
    if (answer.statusCode === 404) throw refused(asked.method, 404, text);
    return text;
  }
}

/** An object that is coming in parts. */
interface Upload {
  readonly key: string;
  readonly id: string;
  /** Of the parts that have arrived, in their order. */
  readonly etags: string[];
}

/**
 * An object that is not there is an answer; a bucket that is not there is a break.
 *
 * @throws {ObjectsUnavailableError}
 */
async function noSuchKey(body: AsyncIterable<Uint8Array>): Promise<void> {
  const complaint = await shortText(body);
  if (textIn(complaint, 'Code') !== 'NoSuchKey') throw refused('GET', 404, complaint);
}

async function* piecesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw new ObjectsUnavailableError('An object broke off on its way.', { cause });
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
