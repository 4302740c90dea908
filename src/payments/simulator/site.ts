import { challengeScript, tokenizeScript } from './browser-scripts.ts';
import { challengeEndPage, challengeEndScript, challengePage } from './challenge-page.ts';
import type { Challenges } from './challenges.ts';
import type { Control } from './control.ts';
import { forAllOrigins, json, jsonIn, type SimAnswer, type SimRequest } from './exchange.ts';
import { orderList, type PageFacts, page } from './page.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import { ApiRefusal } from './refusal.ts';

export interface SiteOptions {
  readonly control: Control;
  readonly challenges: Challenges;
  readonly now: () => number;
  /** Where this simulator is. */
  readonly url: string;
  readonly facts: () => PageFacts;
}

/** What people and browsers see: the page, the scripts for buyers' pages, the bank's challenge. */
export class Site {
  readonly #options: SiteOptions;

  constructor(options: SiteOptions) {
    this.#options = options;
  }

  /** Undefined: there is nothing at this path. */
  answer(request: SimRequest): SimAnswer | undefined {
    const { control, facts } = this.#options;
    switch (`${request.method} ${request.path}`) {
      case 'GET /':
        return document(page(control, facts()), "'none'");
      case 'GET /pedidos':
        return file('text/html', orderList(control).text);
      case 'GET /simulador.css':
        return file('text/css', pageStyle);
      case 'GET /simulador.js':
        return file('text/javascript', pageScript);
      case 'GET /checkout/v1/tokenizecard.js':
        return forAllOrigins(file('text/javascript', tokenizeScript));
      case 'GET /3ds/v2/3ds2.min.js':
        return forAllOrigins(file('text/javascript', challengeScript));
      case 'GET /3ds/desafio.js':
        return file('text/javascript', challengeEndScript);
      case 'POST /acao':
        return this.#act(request);
      default:
        return this.#challenge(request);
    }
  }

  /** A button of the page. Other sites' pages may not press it. */
  #act({ headers, body }: SimRequest): SimAnswer {
    const { origin, host } = headers;
    if (origin !== undefined && origin !== `http://${host}`) return json(403, {});
    const form = new URLSearchParams(body);
    try {
      this.#do(form.get('action') ?? '', form.get('charge') ?? '', form.get('amount'));
    } catch (error) {
      // The order went on meanwhile, and the page that follows shows how.
      if (!(error instanceof ApiRefusal)) throw error;
    }
    return { status: 303, headers: { location: '/' } };
  }

  #do(action: string, charge: string, amount: string | null): void {
    const { control } = this.#options;
    if (action === 'pay') control.pay(charge, amount === null ? undefined : centsIn(amount));
    if (action === 'refuse') control.refuse(charge);
    if (action === 'charge-back') control.chargeBack(charge);
    if (action === 'resend') control.resendHooks(charge);
  }

  #challenge(request: SimRequest): SimAnswer | undefined {
    const { method, path } = request;
    if (path === '/3ds/v2/authentications') return forAllOrigins(this.#authenticate(request));
    const [, transaction = ''] = /^\/3ds\/desafio\/(tds_[A-Za-z0-9]+)$/.exec(path) ?? [];
    const { challenges } = this.#options;
    const challenge = challenges.find(transaction);
    if (challenge === undefined) return undefined;
    if (method === 'GET' && challenge.status === 'C')
      return document(challengePage(challenge), '*');
    const form = new URLSearchParams(request.body);
    const isCanceled = form.get('cancel') !== null;
    if (method === 'POST')
      challenges.answer(transaction, isCanceled ? '' : (form.get('code') ?? ''));
    return document(challengeEndPage(challenge, isCanceled), '*');
  }

  #authenticate({ method, headers, body }: SimRequest): SimAnswer {
    if (method === 'OPTIONS') return { status: 204 };
    const { challenges, now, url } = this.#options;
    const token = (headers.authorization ?? '').replace(/^Bearer /, '');
    try {
      const { transaction, status } = challenges.begin(token, jsonIn(body), now());
      return json(200, {
        tds_server_trans_id: transaction,
        trans_status: status,
        challenge_url: `${url}/3ds/desafio/${transaction}`,
      });
    } catch (error) {
      if (error instanceof ApiRefusal) return json(error.status, error.body);
      throw error;
    }
  }
}

/** "1.234,56" and "1234.56" alike; undefined pays what was asked for. */
function centsIn(text: string): number | undefined {
  const plain = /,\d{1,2}$/.test(text.trim()) ? text.replace(/\./g, '').replace(',', '.') : text;
  const cents = Math.round(Number(plain) * 100);
  return Number.isSafeInteger(cents) && cents > 0 ? cents : undefined;
}

function file(type: string, body: string): SimAnswer {
  return { status: 200, headers: { 'content-type': `${type}; charset=utf-8` }, body };
}

function document(body: string, frameAncestors: string): SimAnswer {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "connect-src 'self'",
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    `frame-ancestors ${frameAncestors}`,
  ].join('; ');
  const { status, headers } = file('text/html', body);
  return { status, headers: { ...headers, 'content-security-policy': policy }, body };
}
