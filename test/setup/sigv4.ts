import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Credentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
}

const AUTHORIZATION_PATTERN =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;

/**
 * Why S3 would refuse a request, by its own code; undefined when the signature is right. Written
 * from the description of Signature Version 4, so that a client's mistake is not repeated here.
 */
export function signatureFlaw(
  request: IncomingMessage,
  body: Uint8Array,
  { accessKey, secretKey, region }: Credentials,
): string | undefined {
  const match = AUTHORIZATION_PATTERN.exec(request.headers.authorization ?? '');
  if (match === null) return 'AccessDenied';
  const [, signer, day = '', signedRegion, names = '', signature] = match;
  if (signer !== accessKey) return 'InvalidAccessKeyId';
  if (signedRegion !== region) return 'AuthorizationHeaderMalformed';
  const date = String(request.headers['x-amz-date']);
  const hash = createHash('sha256').update(body).digest('hex');
  if (request.headers['x-amz-content-sha256'] !== hash) return 'XAmzContentSHA256Mismatch';
  if (!['host', 'x-amz-content-sha256', 'x-amz-date'].every((name) => names.includes(name))) {
    return 'AccessDenied';
  }
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical(request, names, hash))].join(
    '\n',
  );
  const expected = createHmac('sha256', signingKey(secretKey, day, region))
    .update(text)
    .digest('hex');
  return signature === expected ? undefined : 'SignatureDoesNotMatch';
}

function canonical(request: IncomingMessage, names: string, hash: string): string {
  const url = new URL(request.url ?? '/', 'http://stub');
  const query = [...url.searchParams]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
  const headers = names.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}`);
  const path = url.pathname.split('/').map(encoded).join('/');
  return [request.method, path, query, ...headers, '', names, hash].join('\n');
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}

function signingKey(secret: string, day: string, region: string): Buffer {
  return [day, region, 's3', 'aws4_request'].reduce<Buffer>(
    (key, word) => createHmac('sha256', key).update(word).digest(),
    Buffer.from(`AWS4${secret}`),
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
