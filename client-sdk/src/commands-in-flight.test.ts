import {
  type ClientCommand,
  type CommandId,
  type EventId,
  type HoldId,
  type Rejection,
  rejections,
  type ServerMessage,
} from '@ingressou/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../test/virtual-clock.ts';
import { CommandsInFlight, commandsInFlightMax, type Wish } from './commands-in-flight.ts';
import { MisuseError } from './errors.ts';

const deadlineMs = 30_000;
const wish: Wish = { type: 'release', event: 'e' as EventId, hold: 'h' as HoldId };

let clock: VirtualClock;
let isLive: boolean;
let sent: ClientCommand[];
let idsMade: number;
let commands: CommandsInFlight;

beforeEach(() => {
  clock = new VirtualClock();
  isLive = true;
  sent = [];
  idsMade = 0;
  commands = new CommandsInFlight({
    clock,
    deadlineMs,
    random: (bytes) => new Uint8Array(bytes), // The shortest wait that jitter can choose.
    isLive: () => isLive,
    send: (command) => void sent.push(command),
    newId: () => {
      idsMade += 1;
      return `id-${idsMade}` as CommandId;
    },
  });
});

describe('a command', () => {
  it('is answered with a yes', async () => {
    const answer = commands.submit(wish);
    expect(sent).toEqual([{ ...wish, id: 'id-1' }]);
    commands.answer(accepted('id-1', 77));
    expect(await answer).toEqual({ accepted: true, id: 'id-1', expiresAt: 77 });
  });

  it('is answered with a no and its data', async () => {
    const answer = commands.submit(wish);
    commands.answer(rejected('id-1', { reason: 'sold_out', lot: 'a', available: 1 }));
    expect(await answer).toEqual({
      accepted: false,
      id: 'id-1',
      retryable: false,
      reason: 'sold_out',
      lot: 'a',
      available: 1,
    });
  });

  it('leaves again after a reconnect with the id and body it had', async () => {
    const answer = commands.submit(wish);
    lose();
    comeBack();
    expect(sent).toEqual([
      { ...wish, id: 'id-1' },
      { ...wish, id: 'id-1' },
    ]);
    commands.answer(accepted('id-1'));
    expect(await answer).toEqual({ accepted: true, id: 'id-1' });
  });

  it('gets its id when it first leaves, by the time that the server has told by then', () => {
    isLive = false;
    void commands.submit(wish);
    expect(idsMade).toBe(0);
    comeBack();
    expect(idsMade).toBe(1);
  });

  it('repeats an earlier wish under its id', () => {
    void commands.submit(wish, 'id-of-old' as CommandId);
    expect(sent).toEqual([{ ...wish, id: 'id-of-old' }]);
  });

  it('may not have the id of one that still waits', () => {
    void commands.submit(wish, 'twice' as CommandId);
    expect(() => commands.submit(wish, 'twice' as CommandId)).toThrow(MisuseError);
  });

  it('rejects when the connection ends', async () => {
    const answer = commands.submit(wish);
    commands.end(new Error('over'));
    await expect(answer).rejects.toThrow('over');
  });

  it(`is refused when ${commandsInFlightMax} others wait`, async () => {
    for (let count = 0; count < commandsInFlightMax; count += 1) void commands.submit(wish);
    expect(await commands.submit(wish)).toMatchObject({ accepted: false, reason: 'busy' });
    expect(sent).toHaveLength(commandsInFlightMax);
  });
});

describe('a no that may become a yes', () => {
  const retried: Rejection[] = [
    { reason: 'busy', retryAfterMs: 200 },
    { reason: 'too_fast', retryAfterMs: 200 },
    { reason: 'outcome_unknown', retryAfterMs: 200 },
  ];
  it.each(retried)('is asked again after $reason, not earlier than told', async (rejection) => {
    const answer = commands.submit(wish);
    commands.answer(rejected('id-1', rejection));
    await clock.advance(199);
    expect(sent).toHaveLength(1);
    await clock.advance(1);
    expect(sent).toEqual([
      { ...wish, id: 'id-1' },
      { ...wish, id: 'id-1' },
    ]);
    commands.answer(accepted('id-1'));
    expect(await answer).toMatchObject({ accepted: true });
  });

  it('is told at once when the sale is not open: waiting is the buyer’s choice', async () => {
    const answer = commands.submit(wish);
    commands.answer(rejected('id-1', { reason: 'sale_not_open', opensAt: 5 }));
    expect(await answer).toMatchObject({ reason: 'sale_not_open', opensAt: 5, retryable: true });
  });

  it('is told as it is when the server wants a longer wait than the deadline allows', async () => {
    const answer = commands.submit(wish);
    commands.answer(rejected('id-1', { reason: 'busy', retryAfterMs: deadlineMs + 1 }));
    expect(await answer).toMatchObject({ reason: 'busy', retryAfterMs: deadlineMs + 1 });
  });
});

describe('at its deadline', () => {
  it('a command that never left was not done', async () => {
    isLive = false;
    const answer = commands.submit(wish);
    await clock.advance(deadlineMs);
    expect(await answer).toMatchObject({ accepted: false, reason: 'busy', retryable: true });
  });

  it('a command without an answer may have been done', async () => {
    const answer = commands.submit(wish);
    await clock.advance(deadlineMs);
    expect(await answer).toMatchObject({ id: 'id-1', reason: 'outcome_unknown', retryable: true });
  });

  it('a command whose first attempt was cut off may have been done, even if the next was not', async () => {
    const answer = commands.submit(wish);
    lose();
    comeBack();
    commands.answer(rejected('id-1', { reason: 'busy', retryAfterMs: deadlineMs + 1 }));
    expect(await answer).toMatchObject({ reason: 'outcome_unknown' });
  });

  it('an answer that comes too late is nobody’s', async () => {
    void commands.submit(wish);
    await clock.advance(deadlineMs);
    expect(commands.answer(accepted('id-1'))).toBe(false);
  });
});

function lose(): void {
  isLive = false;
  commands.lost();
}

function comeBack(): void {
  isLive = true;
  commands.live();
}

type Answer = Extract<ServerMessage, { readonly type: 'accepted' | 'rejected' }>;

function accepted(re: string, expiresAt?: number): Answer {
  const base = { type: 'accepted', re: re as CommandId } as const;
  return expiresAt === undefined ? base : { ...base, expiresAt };
}

function rejected(re: string, rejection: Rejection): Answer {
  const { retryable } = rejections[rejection.reason];
  return { type: 'rejected', re: re as CommandId, retryable, ...rejection };
}
