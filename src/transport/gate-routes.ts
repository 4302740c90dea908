import { randomBytes, randomUUID } from 'node:crypto';
import {
  type CommandId,
  type DeviceId,
  type EventId,
  parseId,
  UUID_PATTERN,
  uuid7,
} from '@ingressou/protocol';
import { base64 } from '@ingressou/protocol/admission';
import {
  type CheckpointsRequest,
  checkpointsRequest,
  type DeviceRequest,
  deviceRequest,
  type EnrolRequest,
  enrolRequest,
  type SeenRequest,
  seenRequest,
} from '@ingressou/protocol/requests';
import type { Clock } from '../ports/clock.ts';
import type { Commands } from '../ports/commands.ts';
import type { GateDevice, GateDevices } from '../ports/gate-devices.ts';
import type { SigningKeys } from '../ports/ticket-keys.ts';
import type { AccessTokens, Identity } from './access-tokens.ts';
import { privately } from './buyer-orders.ts';
import { planOf } from './gate-plans.ts';
import { refused } from './gate-refusals.ts';
import { type HttpRequest, type HttpResponse, json, problem, type Route } from './http.ts';
import { parseBody } from './http-body.ts';
import type { KeyRings } from './key-rings.ts';
import type { PackageDesk } from './package-desk.ts';
import { RateLimiter } from './rate-limiter.ts';

export interface GateRouteOptions {
  readonly commands: Commands;
  readonly devices: GateDevices;
  readonly rings: KeyRings;
  readonly packages: PackageDesk;
  readonly signing: SigningKeys;
  readonly tokens: AccessTokens;
  /** The machine's own time, which tokens and codes go by. */
  readonly wallClock: Pick<Clock, 'now' | 'monotonic'>;
  /** The time of the shows. */
  readonly clock: Pick<Clock, 'now'>;
}

const operators = { roles: ['ADMIN'], show: 'show' } as const;
/** Who looks after a show. */
const lookers = { roles: ['ADMIN', 'PRODUTOR'], show: 'show' } as const;
const scanners = { roles: ['CHECKIN'], show: 'show' } as const;
const everybodyThere = { roles: ['ADMIN', 'PRODUTOR', 'CHECKIN'], show: 'show' } as const;

const codeMs = 15 * 60 * 1000;
/** A code is 12 of these: 60 bits, that nobody guesses in its time, and no letter for another. */
const codeLetters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const codeLength = 12;
/** How long a scanner works with one token; then it is enrolled again under its own id. */
const tokenMs = 72 * 60 * 60 * 1000;
/** All scanners of a venue come from one address. */
const enrolRate = { perSecond: 5, burst: 100 };

/** What operators do about the gates of a show, and what scanners fetch. */
export function gateRoutes(options: GateRouteOptions): readonly Route[] {
  const limiter = new RateLimiter(enrolRate);
  return [
    {
      method: 'PUT',
      path: '/v1/shows/:show/checkpoints',
      policy: operators,
      answer: (request) => setCheckpoints(options, request),
    },
    {
      method: 'POST',
      path: '/v1/shows/:show/devices',
      policy: operators,
      answer: (request) => invite(options, request),
    },
    {
      method: 'DELETE',
      path: '/v1/shows/:show/devices/:device',
      policy: operators,
      answer: (request) => revoke(options, request),
    },
    {
      method: 'POST',
      path: '/v1/devices/enrol',
      policy: 'public',
      answer: (request) => enrol(options, limiter, request),
    },
    {
      method: 'GET',
      path: '/v1/shows/:show/package',
      policy: scanners,
      answer: (request, identity) => packageFor(options, request, identity),
    },
    {
      method: 'GET',
      path: '/v1/shows/:show/ticket-keys',
      policy: everybodyThere,
      answer: async (request) => json(200, { keys: await keysOf(options, showIn(request)) }),
    },
    {
      method: 'GET',
      path: '/v1/shows/:show/gates',
      policy: everybodyThere,
      answer: (request) => gates(options, request),
    },
    {
      method: 'GET',
      path: '/v1/shows/:show/incidents',
      policy: lookers,
      answer: (request) => incidents(options, request),
    },
    {
      method: 'POST',
      path: '/v1/shows/:show/incidents/seen',
      policy: lookers,
      answer: (request) => seeIncidents(options, request),
    },
  ];
}

async function setCheckpoints(
  { commands, wallClock }: GateRouteOptions,
  request: HttpRequest,
): Promise<HttpResponse> {
  const body = parseBody<CheckpointsRequest>(request, checkpointsRequest);
  if (!body.isGood) return body.refusal;
  const event = showIn(request);
  const view = await commands.ask(event, { type: 'view' });
  if (!view.accepted) return refused(view.rejection);
  const lots = [...view.value.lots.values()];
  const checkpoints = body.value.checkpoints.map((each) => planOf(each, lots));
  const id = newCommandId(wallClock.now());
  const answer = await commands.submit(event, { type: 'set_checkpoints', id, checkpoints });
  return answer.accepted ? json(200, { checkpoints }, privately) : refused(answer.rejection);
}

async function invite(
  { devices, wallClock }: GateRouteOptions,
  request: HttpRequest,
): Promise<HttpResponse> {
  const body = parseBody<DeviceRequest>(request, deviceRequest);
  if (!body.isGood) return body.refusal;
  const { name, gate, device = parseId<DeviceId>(randomUUID()) } = body.value;
  const code = newCode();
  const expiresAt = wallClock.now() + codeMs;
  const isKept = await devices.invite(
    { event: showIn(request), device, name, gate },
    code,
    expiresAt,
  );
  if (!isKept) return problem(409, 'device_exists', 'That device is another show’s.');
  return json(201, { device, code: spaced(code), gate, expiresAt }, privately);
}

async function revoke(
  { commands, wallClock }: GateRouteOptions,
  request: HttpRequest,
): Promise<HttpResponse> {
  const device = request.parameters.device ?? '';
  if (!UUID_PATTERN.test(device)) return refused({ reason: 'device_not_found' });
  const id = newCommandId(wallClock.now());
  const about = { id, device: parseId<DeviceId>(device) };
  const answer = await commands.submit(showIn(request), { type: 'revoke_device', ...about });
  return answer.accepted ? json(200, { device }, privately) : refused(answer.rejection);
}

/** The code is used up whatever comes of it: a scanner that was refused asks its people for another. */
async function enrol(
  { devices, commands, wallClock, tokens, ...options }: GateRouteOptions,
  limiter: RateLimiter,
  request: HttpRequest,
): Promise<HttpResponse> {
  const wait = limiter.take(request.peer, wallClock.monotonic());
  if (wait > 0) {
    const headers = { 'retry-after': String(Math.ceil(wait / 1000)) };
    return problem(429, 'too_fast', 'Too many codes were tried from here.', { headers });
  }
  const body = parseBody<EnrolRequest>(request, enrolRequest);
  if (!body.isGood) return body.refusal;
  const now = wallClock.now();
  const found = await devices.take(plainCode(body.value.code), now);
  if (found === undefined) {
    return problem(404, 'code_not_good', 'This code is not good, or not any more.');
  }
  const { event, device, gate } = found;
  const id = newCommandId(now);
  const answer = await commands.submit(event, { type: 'enrol_device', id, device, gate });
  if (!answer.accepted) return refused(answer.rejection);
  const reply = await commands.ask(event, { type: 'gates' });
  const checkpoints = reply.accepted ? reply.value.checkpoints.map(signOf) : [];
  const token = await tokens.signGate(event, { id: device, gate }, now, tokenMs);
  // What a package will be signed with is among what the scanner is told now.
  await options.signing.current(event);
  const keys = await keysOf(options, event);
  const at = options.clock.now();
  const expiresAt = now + tokenMs;
  return json(200, { token, device, gate, event, expiresAt, at, keys, checkpoints }, privately);
}

/** What stands over each door. */
function signOf({ checkpoint, name, gates: each }: NamedCheckpoint) {
  return { checkpoint, name, gates: each.map(({ gate, name: sign }) => ({ gate, name: sign })) };
}

interface NamedCheckpoint {
  readonly checkpoint: number;
  readonly name: string;
  readonly gates: readonly { readonly gate: number; readonly name: string }[];
}

async function keysOf({ rings }: Pick<GateRouteOptions, 'rings'>, event: EventId) {
  const keys = await rings.list(event);
  return keys.map(({ keyId, publicKey, isRevoked }) => {
    return { keyId, publicKey: base64(publicKey), isRevoked };
  });
}

async function packageFor(
  { packages }: GateRouteOptions,
  request: HttpRequest,
  { gate }: Identity,
): Promise<HttpResponse> {
  if (gate === undefined) return refused({ reason: 'device_not_found' });
  const checkpoint = numberIn(request, 'checkpoint');
  if (checkpoint === undefined) return refused({ reason: 'checkpoint_not_found' });
  const since = numberIn(request, 'since');
  const held = { since, revoked: numberIn(request, 'revoked') };
  const made = await packages.package(showIn(request), gate.id, checkpoint, held);
  if ('reason' in made) return refused(made);
  const { bytes, isDelta, generation, position, hasCards } = made;
  const etag = `"${generation}-${position}${isDelta ? `-${since}` : ''}"`;
  const headers = {
    ...privately,
    etag,
    'x-generation': String(generation),
    'x-position': String(position),
    'x-name-cards': hasCards ? 'on' : 'off',
    'content-type': `application/vnd.ingressou.${isDelta ? 'delta' : 'package'}`,
  };
  if (request.headers['if-none-match'] === etag) return { status: 304, headers, body: '' };
  return { status: 200, headers, body: bytes };
}

async function gates(
  { commands, devices }: GateRouteOptions,
  request: HttpRequest,
): Promise<HttpResponse> {
  const event = showIn(request);
  const reply = await commands.ask(event, { type: 'gates' });
  if (!reply.accepted) return refused(reply.rejection);
  const { generation, position, at, value } = reply;
  const names = new Map((await devices.list(event)).map((each) => [each.device, each] as const));
  const named = value.devices.map((each) => ({ ...each, name: nameOf(names.get(each.device)) }));
  return json(200, { event, generation, position, at, ...value, devices: named }, privately);
}

/** In the order in which they changed, from `since` on: the next page begins at `upTo`. */
async function incidents(
  { commands }: GateRouteOptions,
  request: HttpRequest,
): Promise<HttpResponse> {
  const event = showIn(request);
  const since = numberIn(request, 'since') ?? 0;
  const reply = await commands.ask(event, { type: 'incidents', since });
  if (!reply.accepted) return refused(reply.rejection);
  const { generation, position, value } = reply;
  return json(200, { event, generation, position, ...value }, privately);
}

async function seeIncidents(
  { commands, wallClock }: GateRouteOptions,
  request: HttpRequest,
): Promise<HttpResponse> {
  const body = parseBody<SeenRequest>(request, seenRequest);
  if (!body.isGood) return body.refusal;
  const id = newCommandId(wallClock.now());
  const command = { type: 'see_incidents', id, incidents: body.value.incidents } as const;
  const answer = await commands.submit(showIn(request), command);
  return answer.accepted ? json(200, body.value, privately) : refused(answer.rejection);
}

function nameOf(known: GateDevice | undefined): string {
  return known?.name ?? '';
}

function showIn({ parameters }: HttpRequest): EventId {
  return parameters.show as EventId;
}

function numberIn({ query }: HttpRequest, name: string): number | undefined {
  const text = query.get(name) ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function newCommandId(now: number): CommandId {
  return uuid7<CommandId>(now, randomBytes(16));
}

function newCode(): string {
  return [...randomBytes(codeLength)]
    .map((byte) => codeLetters[byte % codeLetters.length])
    .join('');
}

/** In groups, for people who type it. */
function spaced(code: string): string {
  return (code.match(/.{4}/g) ?? []).join('-');
}

/** As people type it: with or without dashes, in small letters, with the letters it never has. */
function plainCode(code: string): string {
  return code.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
}
