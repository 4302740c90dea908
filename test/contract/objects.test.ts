import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  ObjectsUnavailableError,
  ObjectTooLargeError,
  objectBytesMax,
} from '../../src/ports/objects.ts';
import { FolderObjects } from '../../src/store/objects/folder-objects.ts';
import { S3Objects, type S3ObjectsOptions } from '../../src/store/objects/s3-objects.ts';
import { openS3Stub, type S3Stub, s3Credentials } from '../setup/s3-stub.ts';
import { chunks, describeObjects } from './objects.ts';

const partBytes = 1_000;

describeObjects('FolderObjects', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'objects-'));
  const close = () => rm(directory, { recursive: true, force: true });
  return { objects: new FolderObjects({ directory: path.join(directory, 'new') }), close };
});

describeObjects('S3Objects', async () => {
  const stub = await openS3Stub();
  const objects = bucketOf(stub);
  const close = async (): Promise<void> => {
    await objects.close();
    await stub.close();
  };
  return { objects, close };
});

describe('FolderObjects', () => {
  it('leaves nothing but whole objects in its folder, and stays in it', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'objects-'));
    const objects = new FolderObjects({ directory });
    const breaking = async function* () {
      yield Buffer.alloc(10);
      throw new Error('broke');
    };
    await expect(objects.putStream('a/b', breaking(), 'text/plain')).rejects.toThrow('broke');
    await objects.put('a/c', Buffer.from('x'), 'text/plain');
    expect(await readdir(directory)).toEqual(['a+c']);
    await rm(directory, { recursive: true });
  });

  it('says that it is unavailable when its folder is a file', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'objects-'));
    const file = path.join(directory, 'file');
    await writeFile(file, '');
    const objects = new FolderObjects({ directory: file });
    const put = objects.put('a', new Uint8Array(), 'text/plain');
    await expect(put).rejects.toThrow(ObjectsUnavailableError);
    await expect(objects.get('a')).rejects.toThrow(ObjectsUnavailableError);
    await rm(directory, { recursive: true });
  });

  it('does not hold in memory what is too large for it', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'objects-'));
    const objects = new FolderObjects({ directory });
    const megabyte = new Uint8Array(1024 * 1024);
    const many = Array.from({ length: objectBytesMax / megabyte.length }, () => megabyte);
    await objects.putStream('large', chunks(...many, Buffer.from('x')), 'text/csv');
    await expect(objects.get('large')).rejects.toThrow(ObjectTooLargeError);
    expect((await objects.getStream('large'))?.size).toBe(objectBytesMax + 1);
    await rm(directory, { recursive: true });
  });
});

describe('S3Objects', () => {
  let stub: S3Stub;
  const opened: S3Objects[] = [];
  beforeAll(async () => {
    stub = await openS3Stub();
  });
  afterEach(async () => {
    for (const objects of opened.splice(0)) await objects.close();
    stub.faults.length = 0;
    stub.requests.length = 0;
  });
  afterAll(() => stub.close());

  const open = (changes: Partial<S3ObjectsOptions> = {}): S3Objects => {
    const objects = bucketOf(stub, changes);
    opened.push(objects);
    return objects;
  };

  it.each([
    ['a wrong secret', { secretKey: 'wrong' }, '403 (SignatureDoesNotMatch)'],
    ['an unknown key', { accessKey: 'wrong' }, '403 (InvalidAccessKeyId)'],
    ['a wrong region', { region: 'us-east-1' }, '403 (AuthorizationHeaderMalformed)'],
    ['a bucket that is not there', { bucket: 'none' }, '404 (NoSuchBucket)'],
  ])('breaks with %s, at writing, reading and deleting', async (_, changes, words) => {
    const objects = open(changes);
    const put = objects.put('a', Buffer.from('x'), 'text/plain');
    await expect(put).rejects.toThrow(ObjectsUnavailableError);
    await expect(objects.get('a')).rejects.toThrow(words);
    await expect(objects.delete('a')).rejects.toThrow(words);
    await expect(objects.list('a', 1)).rejects.toThrow(words);
  });

  it('asks again when nobody answers or the service is busy', async () => {
    stub.faults.push('cut', { status: 503 }, { status: 429 });
    const objects = open({ retryDelaysMs: [0, 0, 0] });
    await objects.put('a', Buffer.from('x'), 'text/plain');
    expect(stub.requests).toHaveLength(4);
  });

  it('gives up after its attempts, and in time when nothing comes', async () => {
    stub.faults.push('hang', 'hang', 'hang');
    const objects = open({ timeoutMs: 50 });
    await expect(objects.get('a')).rejects.toThrow(ObjectsUnavailableError);
    expect(stub.requests).toHaveLength(3);
  });

  it('does not ask again what was refused', async () => {
    stub.faults.push({ status: 400, body: '<Error><Code>Bad</Code></Error>' });
    await expect(open().put('a', Buffer.from('x'), 'text/plain')).rejects.toThrow('400 (Bad)');
    expect(stub.requests).toHaveLength(1);
  });

  it('sends a stream a part at a time, and a short one as one request', async () => {
    const objects = open();
    await objects.putStream('short', chunks(Buffer.alloc(partBytes)), 'text/plain');
    expect(stub.requests.map(({ method }) => method)).toEqual(['PUT']);
    stub.requests.length = 0;
    await objects.putStream('long', chunks(Buffer.alloc(2 * partBytes + 1)), 'text/plain');
    expect(stub.requests.map(({ method, body }) => [method, body.length])).toEqual([
      ['POST', 0],
      ['PUT', partBytes],
      ['PUT', partBytes],
      ['PUT', 1],
      ['POST', expect.any(Number)],
    ]);
  });

  it('never holds more than it must of a stream', async () => {
    let ahead = 0;
    const source = async function* () {
      for (let piece = 0; piece < 50; piece += 1) {
        const sent = stub.requests.filter(({ method }) => method === 'PUT').length;
        ahead = Math.max(ahead, piece - sent);
        yield Buffer.alloc(partBytes);
      }
    };
    await open().putStream('long', source(), 'text/plain');
    expect(ahead).toBeLessThanOrEqual(2);
  });

  it('gives up an upload whose stream or part breaks', async () => {
    const objects = open({ retryDelaysMs: [] });
    const breaking = async function* () {
      yield Buffer.alloc(3 * partBytes);
      throw new Error('broke');
    };
    await expect(objects.putStream('x', breaking(), 'text/plain')).rejects.toThrow('broke');
    stub.faults.push({ status: 200, body: '<I><UploadId>u</UploadId></I>' }, { status: 500 });
    const put = objects.putStream('x', chunks(Buffer.alloc(3 * partBytes)), 'text/plain');
    await expect(put).rejects.toThrow('500');
    expect(stub.requests.at(-1)).toMatchObject({ method: 'DELETE' });
    expect(stub.openUploads()).toBe(0);
    expect(await objects.get('x')).toBeUndefined();
  });

  it('believes the text of the last answer, not its 200', async () => {
    const objects = open();
    const source = async function* () {
      yield Buffer.alloc(partBytes);
      yield Buffer.alloc(1);
      const late = { status: 200, body: '<Error><Code>InternalError</Code></Error>' };
      const fine = { status: 200, headers: { etag: '"e"' } };
      stub.faults.push(fine, late);
    };
    const put = objects.putStream('late', source(), 'text/plain');
    await expect(put).rejects.toThrow('InternalError');
  });

  it('breaks when an object breaks off on its way', async () => {
    const headers = { 'content-length': '100', 'content-type': 'text/plain' };
    stub.faults.push({ status: 200, headers, body: 'short' });
    await expect(open({ timeoutMs: 50 }).get('a')).rejects.toThrow(ObjectsUnavailableError);
  });
});

function bucketOf(stub: S3Stub, changes: Partial<S3ObjectsOptions> = {}): S3Objects {
  return new S3Objects({
    url: stub.url,
    bucket: stub.bucket,
    ...s3Credentials,
    partBytes,
    retryDelaysMs: [0, 0],
    ...changes,
  });
}
