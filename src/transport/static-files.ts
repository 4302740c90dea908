import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type HttpRequest, type HttpResponse, problem } from './http.ts';

/**
 * The files of a built page, read once at the start: a request never touches the disk, and no
 * path from outside ever names a file.
 */
export class StaticFiles {
  readonly #files: ReadonlyMap<string, StaticFile>;
  readonly #place: StaticPlace;

  private constructor(files: ReadonlyMap<string, StaticFile>, place: StaticPlace) {
    this.#files = files;
    this.#place = place;
  }

  /** An absent directory is a page that was not built: every request is then told so. */
  static async read(directory: string, place = root): Promise<StaticFiles> {
    const files = new Map<string, StaticFile>();
    for (const name of await namesIn(directory)) {
      const body = await readFile(path.join(directory, name));
      const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
      const type = types[path.extname(name)] ?? 'application/octet-stream';
      files.set(`${place.prefix}/${name.split(path.sep).join('/')}`, { body, etag, type });
    }
    return new StaticFiles(files, place);
  }

  /** A page itself, whatever its address. */
  page(request: HttpRequest, name = 'index.html'): HttpResponse {
    const page = this.#files.get(`${this.#place.prefix}/${name}`);
    if (page !== undefined) return this.#respond(page, request, 'no-cache');
    return problem(503, 'page_not_built', 'The page is not built. Run: npm run build');
  }

  /** A file by its path. Names under /assets/ carry a hash of their content. */
  file(request: HttpRequest): HttpResponse {
    const file = this.#files.get(request.path);
    if (file === undefined) return this.#missing(request);
    const isHashed = request.path.startsWith(`${this.#place.prefix}/assets/`);
    const caching = isHashed ? 'public, max-age=31536000, immutable' : 'no-cache';
    return this.#respond(file, request, caching);
  }

  /** A person in front of a browser gets a page that says so and leads on; a program is told. */
  #missing(request: HttpRequest): HttpResponse {
    const page = this.#files.get(`${this.#place.prefix}/index.html`);
    const isPerson = request.headers.accept.includes('text/html');
    if (page === undefined || !isPerson || this.#place !== root) {
      return problem(404, 'not_found', 'There is nothing here.');
    }
    const headers = { 'content-type': page.type, 'cache-control': 'no-cache' };
    return { status: 404, headers, body: page.body };
  }

  #respond(file: StaticFile, request: HttpRequest, caching: string): HttpResponse {
    const headers = { ...this.#place.headers, etag: file.etag, 'cache-control': caching };
    if (request.headers['if-none-match'] === file.etag) return { status: 304, headers, body: '' };
    return { status: 200, headers: { ...headers, 'content-type': file.type }, body: file.body };
  }
}

/** Where the files are found, and what is said with each of them. */
interface StaticPlace {
  /** Before every path, as in `/scanner`. */
  readonly prefix: string;
  readonly headers: Readonly<Record<string, string>>;
}

const root: StaticPlace = { prefix: '', headers: {} };

interface StaticFile {
  readonly body: Uint8Array;
  readonly etag: string;
  readonly type: string;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

async function namesIn(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)));
  } catch (error) {
    // Not built yet.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
