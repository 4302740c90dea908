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

/** Statuses that say "not you", by the policy and who asks; empty: they may pass. */
function refusals(policy: Policy, { role, shows = [] }: Caller): readonly number[] {
  if (typeof policy === 'string') return policy === 'webhook' ? [401, 403] : [];
  if (role === undefined) return [401];
  if (!policy.roles.includes(role)) return [403];
  const isBound = role === 'PRODUTOR' || role === 'CHECKIN';
  return policy.show !== undefined && isBound && !shows.includes(show) ? [404] : [];
}

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
        const status = await ask(route, caller);
        const expected = refusals(route.policy, caller);
        const isRight = expected.length > 0 ? expected.includes(status) : !isRefusal(status);
        const { method, path } = route;
        if (!isRight) wrong.push(`${method} ${path} answers ${caller.name} with ${status}`);
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

  it('has no route twice', () => {
    const names = house.routes.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

function isRefusal(status: number): boolean {
  return status === 401 || status === 403;
}

async function ask({ method, path }: Route, { role, shows = [] }: Caller): Promise<number> {
  const url = `${house.url}${path.replace(/:(show|event)/g, show).replace(/:\w+/g, newId())}`;
  const headers = new Headers();
  if (role !== undefined) {
    const token = await house.tokens.sign(newSubject(), role, Date.now(), 60_000, shows);
    headers.set('authorization', `Bearer ${token}`);
  }
  const body = method === 'GET' ? {} : { body: '{}' };
  return (await fetch(url.replace('*', 'x'), { method, headers, ...body })).status;
}
