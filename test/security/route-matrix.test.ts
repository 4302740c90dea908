import type { EventId, Role } from '@ingressou/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newSubject } from '../../src/transport/access-tokens.ts';
import type { Policy, Route } from '../../src/transport/http.ts';
import { newId } from '../setup/node.ts';
import { openRouteHouse, type RouteHouse } from './route-house.ts';

// Every route × everybody who may ask, made from the table of routes itself: whatever is added to the
// table is asked here too. What is checked is who may pass, not what they are told then.

const show = newId<EventId>();
const other = newId<EventId>();

interface Caller {
  readonly name: string;
  readonly role?: Role;
  readonly shows?: readonly EventId[];
}

const callers: readonly Caller[] = [
  { name: 'nobody' },
  { name: 'CLIENTE', role: 'CLIENTE' },
  { name: 'PRODUTOR of the show', role: 'PRODUTOR', shows: [show] },
  { name: 'PRODUTOR of another show', role: 'PRODUTOR', shows: [other] },
  { name: 'CHECKIN of the show', role: 'CHECKIN', shows: [show] },
  { name: 'CHECKIN of another show', role: 'CHECKIN', shows: [other] },
  { name: 'ADMIN', role: 'ADMIN' },
];

/** The codes that say "not you", by the policy and who asks; empty: they may pass. */
function refusals(policy: Policy, { role, shows = [] }: Caller): readonly string[] {
  // A webhook is nobody's of these callers, and an operator's route is asked from this machine.
  if (policy === 'webhook') return ['unauthenticated', 'forbidden'];
  if (typeof policy === 'string') return [];
  if (role === undefined) return ['sign_in_required'];
  if (!policy.roles.includes(role)) return ['forbidden'];
  const isBound = role === 'PRODUTOR' || role === 'CHECKIN';
  return policy.show !== undefined && isBound && !shows.includes(show) ? ['show_not_found'] : [];
}

/** What a route of a role says to nobody who may pass. */
const noes = ['sign_in_required', 'token_refused', 'forbidden', 'show_not_found'];

let house: RouteHouse;
beforeAll(async () => {
  house = await openRouteHouse();
});
afterAll(() => house.stop());

describe('the table of routes', () => {
  it('answers everybody as the policy of each route says', async () => {
    const wrong: string[] = [];
    for (const route of house.routes) {
      for (const caller of callers) {
        const code = await ask(route, caller);
        const expected = refusals(route.policy, caller);
        const mayPass = typeof route.policy === 'string' || !noes.includes(code);
        const isRight = expected.length > 0 ? expected.includes(code) : mayPass;
        const { method, path } = route;
        if (!isRight) wrong.push(`${method} ${path} answers ${caller.name} with ${code}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('has all routes about a person behind a role', () => {
    const open = house.routes
      .filter(({ policy, path }) => typeof policy === 'string' && path.startsWith('/v1/orders'))
      .map(({ path }) => path);
    expect(open).toEqual([]);
  });

  it('has routes of every kind of policy, so that each is asked', () => {
    const kinds = house.routes.map(({ policy }) => {
      if (typeof policy === 'string') return policy;
      return policy.show === undefined ? 'role' : 'role of a show';
    });
    const all = ['public', 'operator', 'development', 'webhook', 'role', 'role of a show'];
    expect(new Set(kinds)).toEqual(new Set(all));
  });

  it('has no route twice', () => {
    const names = house.routes.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

/** The code of the problem that a caller is told, or `none`. */
async function ask({ method, path }: Route, { role, shows = [] }: Caller): Promise<string> {
  const url = `${house.url}${path.replace(/:(show|event)/g, show).replace(/:\w+/g, newId())}`;
  const headers = new Headers();
  if (role !== undefined) {
    const token = await house.tokens.sign(newSubject(), role, Date.now(), 60_000, shows);
    headers.set('authorization', `Bearer ${token}`);
  }
  const body = method === 'GET' ? {} : { body: '{}' };
  const answer = await fetch(url.replace('*', 'x'), { method, headers, ...body });
  const isProblem = answer.headers.get('content-type')?.includes('problem') ?? false;
  return isProblem ? ((await answer.json()) as { code: string }).code : 'none';
}
