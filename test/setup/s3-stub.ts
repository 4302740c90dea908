import { createHash, randomUUID } from 'node:crypto';
import { type Credentials, signatureFlaw } from './sigv4.ts';
import { openStub, type StubAnswer, type StubRequest, type StubServer } from './stub-server.ts';

export const s3Credentials: Credentials = {
  accessKey: 'test-key',
  secretKey: 'test-secret/with+signs',
  region: 'sa-east-1',
};

export interface S3Stub extends StubServer {
  readonly bucket: string;
  /** Uploads in parts that nobody has completed or given up. */
  openUploads(): number;
}

interface Kept {
  readonly body: Buffer;
  readonly type: string;
}

interface Upload {
  readonly key: string;
  readonly type: string;
  readonly parts: Map<number, Buffer>;
}

/** One bucket that speaks as much of S3 as we do, and checks every signature. */
export async function openS3Stub(): Promise<S3Stub> {
  const bucket = 'ingressou-test';
  const objects = new Map<string, Kept>();
  const uploads = new Map<string, Upload>();
  const answer = (request: StubRequest): StubAnswer => {
    const flaw = signatureFlaw(request.raw, request.body, s3Credentials);
    if (flaw !== undefined) return refusal(403, flaw);
    const [, named, ...rest] = request.url.pathname.split('/');
    if (named !== bucket) return refusal(404, 'NoSuchBucket');
    const key = rest.join('/');
    if (key === '') return listed(request.url.searchParams);
    if (request.url.search === '') return plain(request, key);
    return inParts(request, key);
  };

  const listed = (wish: URLSearchParams): StubAnswer => {
    if (wish.get('list-type') !== '2') return refusal(400, 'InvalidArgument');
    const keys = [...objects.keys()].filter((key) => key.startsWith(wish.get('prefix') ?? ''));
    const some = keys.sort().slice(0, Number(wish.get('max-keys')));
    const contents = some.map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`);
    return { status: 200, body: `<ListBucketResult>${contents.join('')}</ListBucketResult>` };
  };

  const plain = ({ method, raw, body }: StubRequest, key: string): StubAnswer => {
    if (method === 'PUT') {
      objects.set(key, { body, type: String(raw.headers['content-type']) });
      return { status: 200, headers: { etag: etagOf(body) } };
    }
    if (method === 'DELETE') {
      objects.delete(key);
      return { status: 204 };
    }
    const kept = objects.get(key);
    if (kept === undefined) return refusal(404, 'NoSuchKey');
    const headers = { 'content-type': kept.type, 'content-length': String(kept.body.length) };
    return { status: 200, headers, body: kept.body };
  };

  const inParts = ({ method, raw, url, body }: StubRequest, key: string): StubAnswer => {
    if (url.searchParams.has('uploads')) {
      const id = `${randomUUID()}/+=`;
      uploads.set(id, { key, type: String(raw.headers['content-type']), parts: new Map() });
      return { status: 200, body: `<X><Key>${key}</Key><UploadId>${id}</UploadId></X>` };
    }
    const id = url.searchParams.get('uploadId') ?? '';
    const upload = uploads.get(id);
    if (upload?.key !== key) return refusal(404, 'NoSuchUpload');
    if (method === 'PUT') {
      upload.parts.set(Number(url.searchParams.get('partNumber')), body);
      return { status: 200, headers: { etag: etagOf(body) } };
    }
    uploads.delete(id);
    if (method === 'DELETE') return { status: 204 };
    const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>(.+?)</g)];
    const parts = named.map(([, number, etag]) => {
      const part = upload.parts.get(Number(number));
      return part !== undefined && etagOf(part) === etag ? part : undefined;
    });
    if (parts.length === 0 || parts.includes(undefined)) return refusal(400, 'InvalidPart');
    objects.set(key, { body: Buffer.concat(parts as Buffer[]), type: upload.type });
    return { status: 200, body: '<CompleteMultipartUploadResult/>' };
  };

  return { ...(await openStub(answer)), bucket, openUploads: () => uploads.size };
}

function refusal(status: number, code: string): StubAnswer {
  return { status, body: `<?xml version="1.0"?><Error><Code>${code}</Code></Error>` };
}

function etagOf(body: Uint8Array): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}
