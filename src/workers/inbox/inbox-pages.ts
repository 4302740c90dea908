import type { Inbox, InboxPage } from '../../ports/inbox.ts';
import type { Html } from '../texts/html.ts';
import type { InboxFolder } from './inbox-folder.ts';
import { inboxStyleHash } from './inbox-style.ts';
import { letterView, listView } from './inbox-views.ts';

/** On the list. */
const listedMax = 100;

/** Our own pages: one style, a frame of our own, and nothing else. */
const pagePolicy =
  `default-src 'none'; style-src ${inboxStyleHash}; frame-src 'self'; base-uri 'none'; ` +
  "frame-ancestors 'none'; form-action 'none'";
/** A mail as it was sent: styles in its elements, no scripts, no pictures from elsewhere. */
const mailPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; " +
  "frame-ancestors 'self'; form-action 'none'; " +
  'sandbox allow-popups allow-popups-to-escape-sandbox';

/**
 * The inbox of developers. What is in a letter was typed by somebody else: it is escaped, and a
 * mail's own HTML is shown in a frame that can do nothing.
 */
export class InboxPages implements Inbox {
  readonly #folder: InboxFolder;

  constructor(folder: InboxFolder) {
    this.#folder = folder;
  }

  async page(path: string): Promise<InboxPage> {
    const [what = '', name = '', ...rest] = path.split('/');
    if (path === '') return ours(listView(await this.#folder.list(listedMax)));
    if (rest.length > 0) return missing;
    switch (what) {
      case 'letter':
        return this.#letter(name);
      case 'html':
        return this.#html(name);
      case 'eml':
        return this.#eml(name);
      case 'file':
        return this.#file(name);
      default:
        return missing;
    }
  }

  async #letter(name: string): Promise<InboxPage> {
    const letter = await this.#folder.read(name);
    return letter === undefined ? missing : ours(letterView(letter));
  }

  /** Links leave the frame. */
  async #html(name: string): Promise<InboxPage> {
    const letter = await this.#folder.read(name);
    if (letter?.html === undefined) return missing;
    const body = letter.html.replace('<head>', '<head><base target="_blank">');
    return htmlPage(body, mailPolicy);
  }

  async #eml(name: string): Promise<InboxPage> {
    const bytes = await this.#folder.eml(name);
    return bytes === undefined ? missing : download(bytes, `${name}.eml`);
  }

  /** `name.index` */
  async #file(text: string): Promise<InboxPage> {
    const [, name = '', index = ''] = /^(.+)\.(\d{1,2})$/.exec(text) ?? [];
    const letter = await this.#folder.read(name);
    const file = letter?.files[Number(index)];
    const bytes = await this.#folder.attachment(name, Number(index));
    if (file === undefined || bytes === undefined) return missing;
    return download(bytes, file.name);
  }
}

const missing: InboxPage = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'Esta carta não existe, ou já foi esquecida.\n',
};

function ours({ text }: Html): InboxPage {
  return htmlPage(text, pagePolicy);
}

function htmlPage(body: string, policy: string): InboxPage {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'cache-control': 'no-store',
  };
  return { status: 200, headers, body };
}

/** Saved, never shown: a type that somebody else chose is not to be trusted. */
function download(body: Uint8Array, name: string): InboxPage {
  const plain = name.replace(/[^A-Za-z0-9._-]/g, '_');
  const headers = {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="${plain}"`,
    'cache-control': 'no-store',
  };
  return { status: 200, headers, body };
}
