import type { EventId, Role } from '@ingressou/protocol';
import { type Identity, TokenError } from './access-tokens.ts';
import {
  type HttpRequest,
  type HttpResponse,
  type OpenPolicy,
  problem,
  type RolePolicy,
} from './http.ts';
import { isPrivatePeer } from './origins.ts';
import type { VerifiedTokens } from './verified-tokens.ts';

export interface PolicyOptions {
  readonly tokens: VerifiedTokens;
  readonly hasDevTokens: boolean;
}

/** The refusal of a request to a route that asks for no token; undefined when it may pass. */
export function refusalOf(
  policy: OpenPolicy,
  { peer, isProxied }: HttpRequest,
  { hasDevTokens }: PolicyOptions,
): HttpResponse | undefined {
  switch (policy) {
    case 'public':
    case 'webhook':
      return undefined;
    case 'operator':
      if (isPrivatePeer(peer) && !isProxied) return undefined;
      return problem(403, 'forbidden', 'Only for operators of this network.');
    case 'development':
      if (hasDevTokens) return undefined;
      return problem(404, 'not_found', 'There is nothing here.');
  }
}

export type Admission =
  | { readonly isAdmitted: true; readonly identity: Identity }
  | { readonly isAdmitted: false; readonly refusal: HttpResponse };

/** Who asks, if it is one of those the policy lets pass. */
export async function admit(
  policy: RolePolicy,
  request: HttpRequest,
  { tokens }: PolicyOptions,
): Promise<Admission> {
  const token = bearerOf(request);
  if (token === undefined)
    return refuse(unknownCaller('sign_in_required', 'Send an access token.'));
  const identity = await verified(tokens, token);
  if (identity === undefined) {
    return refuse(
      unknownCaller('token_refused', 'The access token is not valid, or not any more.'),
    );
  }
  if (!policy.roles.includes(identity.role)) {
    return refuse(problem(403, 'forbidden', 'Your role may not do this.'));
  }
  if (policy.show !== undefined && !mayEnter(identity, request.parameters[policy.show])) {
    return refuse(problem(404, 'show_not_found', 'There is no such show.'));
  }
  return { isAdmitted: true, identity };
}

function refuse(refusal: HttpResponse): Admission {
  return { isAdmitted: false, refusal };
}

function unknownCaller(code: string, title: string): HttpResponse {
  return problem(401, code, title, { headers: { 'www-authenticate': 'Bearer' } });
}

/** RFC 6750: one word after `Bearer`. Its length is bounded by what a header may have. */
function bearerOf({ headers }: HttpRequest): string | undefined {
  return /^Bearer ([\w.~+/=-]+)$/i.exec(headers.authorization)?.[1];
}

async function verified(tokens: VerifiedTokens, token: string): Promise<Identity | undefined> {
  try {
    return await tokens.verify(token);
  } catch (error) {
    // Why it is refused helps nobody but whoever made it up.
    if (error instanceof TokenError) return undefined;
    throw error;
  }
}

/** Roles whose tokens name the shows they are for. */
const showRoles: ReadonlySet<Role> = new Set(['PRODUTOR', 'CHECKIN']);

function mayEnter({ role, shows }: Identity, show: string | undefined): boolean {
  return !showRoles.has(role) || shows.includes(show as EventId);
}
