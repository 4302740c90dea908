import { isRecord } from '../json-fields.ts';
import type { Control } from './control.ts';
import { json, jsonIn, type SimAnswer, type SimRequest } from './exchange.ts';
import type { Fault, Habit } from './faults.ts';
import { ApiRefusal, invalid } from './refusal.ts';

/** Where the simulator is told what goes wrong. None of the provider's paths. */
const controlPath = '/_sim';

/** The control over HTTP, for other processes. Only JSON: no page of another origin can send it. */
export class ControlApi {
  readonly #control: Control;

  constructor(control: Control) {
    this.#control = control;
  }

  /** Undefined: this is none of its paths. */
  answer(request: SimRequest): SimAnswer | undefined {
    const { method, path, headers } = request;
    if (!path.startsWith(`${controlPath}/`)) return undefined;
    const isJson = (headers['content-type'] ?? '').startsWith('application/json');
    if (method !== 'GET' && !isJson) return json(415, { message: 'Send application/json.' });
    try {
      const what = path.slice(controlPath.length + 1);
      const answer = this.#route(`${method} ${what}`, jsonIn(request.body) ?? {});
      return answer ?? json(404, { message: 'Not found.' });
    } catch (error) {
      if (error instanceof ApiRefusal) return json(error.status, error.body);
      throw error;
    }
  }

  #route(route: string, body: unknown): SimAnswer | undefined {
    const control = this.#control;
    switch (route) {
      case 'GET faults':
        return json(200, control.ordered);
      case 'POST faults':
        control.orderFault(checked<Fault>(body, faultKinds));
        return json(200, control.ordered);
      case 'POST habits':
        control.orderHabit(checked<Habit>(body, habitKinds));
        return json(200, control.ordered);
      case 'DELETE faults':
        control.clear();
        return json(200, control.ordered);
      case 'GET orders':
        return json(200, { data: control.orders() });
      case 'PUT webhook':
        control.setWebhook(checked(body, { url: 'text', user: 'text', password: 'text' }));
        return json(200, {});
      default:
        return this.#act(route, body);
    }
  }

  #act(route: string, body: unknown): SimAnswer | undefined {
    const match = /^POST charges\/([\w-]+)\/(pay|refuse|charge-back)$/.exec(route);
    if (match === null) return undefined;
    const [, charge = '', action] = match;
    const control = this.#control;
    if (action === 'refuse') return json(200, control.refuse(charge));
    if (action === 'charge-back') return json(200, control.chargeBack(charge));
    const { amountCents } = checked<{ amountCents?: number }>(body, { amountCents: 'number' });
    return json(200, control.pay(charge, amountCents));
  }
}

type Kind = 'text' | 'number' | 'truth' | readonly string[];

const common = { code: 'text', times: 'number', share: 'number' } as const;
const operations = ['create', 'read', 'list', 'capture', 'refund', 'token', 'challenge', 'hooks'];

const faultKinds: Readonly<Record<string, Kind>> = {
  ...common,
  operation: operations,
  delayMs: 'number',
  answer: ['error', 'busy', 'garbage', 'silence', 'reset'],
  acts: 'truth',
};

const habitKinds: Readonly<Record<string, Kind>> = {
  ...common,
  pays: ['under', 'over', 'twice', 'late', 'never'],
  payAfterMs: 'number',
  chargebackAfterMs: 'number',
  refunds: ['fail'],
  dropsHooks: 'truth',
  hookCopies: 'number',
  hooksLateMs: 'number',
  shuffleMs: 'number',
};

/** @throws {ApiRefusal} naming what is unknown or of another kind */
function checked<T>(body: unknown, kinds: Readonly<Record<string, Kind>>): T {
  if (!isRecord(body)) throw invalid({ body: ['Send an object.'] }, {});
  const wrong = Object.entries(body).filter(([name, value]) => !isOfKind(value, kinds[name]));
  if (wrong.length === 0) return body as T;
  const known = Object.keys(kinds).join(', ');
  throw invalid(Object.fromEntries(wrong.map(([name]) => [name, [`Known: ${known}.`]])), {});
}

function isOfKind(value: unknown, kind: Kind | undefined): boolean {
  if (kind === 'text') return typeof value === 'string';
  if (kind === 'number') return typeof value === 'number' && value >= 0;
  if (kind === 'truth') return typeof value === 'boolean';
  return typeof value === 'string' && kind !== undefined && kind.includes(value);
}
