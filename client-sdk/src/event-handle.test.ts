import { type ClientCommand, type SubjectId, timeOfId } from '@ingressou/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ScriptedSocket } from '../test/scripted-server.ts';
import { delta, event, held, lot, Stage, state } from '../test/stage.ts';
import { settled } from '../test/virtual-clock.ts';
import { ConnectionEndedError } from './errors.ts';
import type { ShowView } from './show.ts';

const me = '00000000-0000-4000-8000-000000000001' as SubjectId;

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});

describe('a watched show', () => {
  it('is told as it is, then as it changes', async () => {
    const { socket, views } = await stage.watching();
    socket.say(delta(5, 6, { available: 3 }));
    expect(views.map(summary)).toEqual(['5: 10 free', '6: 3 free']);
  });

  it('tells a late watcher what is known', async () => {
    const { connection } = await stage.watching();
    const views: ShowView[] = [];
    connection.event(event).watch((view) => views.push(view));
    await settled();
    expect(views.map(summary)).toEqual(['5: 10 free']);
  });

  it('asks for the state when something was missed, and is stale until it comes', async () => {
    const { socket, views } = await stage.watching();
    socket.say(delta(7, 8, { available: 3 }));
    expect(socket.heard.at(-1)).toEqual({ type: 'watch', event });
    socket.say(state(8, { available: 3 }));
    expect(views.map(summary)).toEqual(['5: 10 free', '5: 10 free (stale)', '8: 3 free']);
  });

  it('asks again when the state it got is older than what it heard of', async () => {
    const { socket } = await stage.watching();
    socket.say(delta(7, 8, { available: 3 }));
    socket.say(state(6));
    await stage.clock.advance(500);
    expect(socket.heard.filter(({ type }) => type === 'watch')).toHaveLength(3);
  });

  it('forgets everything when history was restored', async () => {
    const { socket, views } = await stage.watching();
    socket.say({ type: 'hold', event, hold: held() });
    socket.say({ ...delta(5, 6, { available: 3 }), generation: 1 });
    expect(socket.heard.at(-1)).toEqual({ type: 'watch', event });
    expect(views.at(-1)).toMatchObject({ isStale: true, holds: [] });
    socket.say({ ...state(6), generation: 1 });
    expect(views.at(-1)).toMatchObject({ isStale: false, generation: 1, position: 6 });
  });

  it('is stale while the connection is not live', async () => {
    const { views } = await stage.watching();
    await stage.reconnect();
    expect(views.map(summary)).toEqual(['5: 10 free', '5: 10 free (stale)', '5: 10 free']);
  });

  it('that does not exist is told as absent', async () => {
    const { socket, views } = await stage.watching();
    socket.say({ type: 'rejected', re: event, retryable: false, reason: 'show_not_found' });
    expect(views.at(-1)).toEqual({
      isKnown: false,
      event,
      rejection: { reason: 'show_not_found' },
      isStale: false,
    });
  });

  it('that is refused for a moment is asked for again', async () => {
    const { socket } = await stage.watching({ answersWatch: false });
    const busy = { type: 'rejected', re: event, retryable: true, reason: 'busy' } as const;
    socket.say({ ...busy, retryAfterMs: 100 });
    await stage.clock.advance(100);
    expect(socket.heard.filter(({ type }) => type === 'watch')).toHaveLength(2);
  });

  it('is stale when the server cannot go on with it after a reconnect, until it can', async () => {
    const { views } = await stage.watching();
    const socket = await stage.reconnect();
    const busy = { type: 'rejected', re: event, retryable: true, reason: 'busy' } as const;
    socket.say({ ...busy, retryAfterMs: 100 });
    await stage.clock.advance(100);
    socket.say(state(6));
    expect(views.slice(2).map(summary)).toEqual(['5: 10 free', '5: 10 free (stale)', '6: 10 free']);
  });

  it('watched anew while the socket is being replaced is asked for anew', async () => {
    const { connection, socket, stop } = await stage.watching();
    socket.end(1006);
    await stage.clock.advance(0);
    stage.server.socket.open();
    stop();
    connection.event(event).watch(() => {});
    stage.server.socket.say(stage.welcomeMessage());
    expect(stage.server.socket.heard.at(-1)).toEqual({ type: 'watch', event });
  });

  it('is followed as long as anybody watches', async () => {
    const { connection, socket, stop } = await stage.watching();
    const stopToo = connection.event(event).watch(() => {});
    stop();
    expect(socket.heard.at(-1)).toEqual({ type: 'watch', event });
    stopToo();
    stopToo();
    expect(socket.heard.filter(({ type }) => type === 'unwatch')).toHaveLength(1);
  });

  it('that nobody watches any more when the socket comes back is given up there', async () => {
    const { socket, stop } = await stage.watching();
    socket.end(1006);
    await stage.clock.advance(0);
    stage.server.socket.open();
    stop();
    stage.server.socket.say(stage.welcomeMessage());
    expect(stage.server.socket.heard.at(-1)).toEqual({ type: 'unwatch', event });
  });
});

describe('my holds', () => {
  it('come with the answer, before the caller hears', async () => {
    const { connection, socket, views } = await stage.watching();
    const answer = connection.event(event).reserve([{ lot, quantity: 2 }]);
    const { id } = lastCommand(socket);
    socket.say({ type: 'accepted', re: id, expiresAt: 99 });
    const hold = { ...held(), id, items: [{ lot, quantity: 2 }], expiresAt: 99 };
    expect(views.at(-1)).toMatchObject({ holds: [hold] });
    expect(await answer).toEqual({ accepted: true, hold });
  });

  it('are extended once and released', async () => {
    const { connection, socket, views } = await stage.watching();
    socket.say({ type: 'hold', event, hold: held() });
    const extended = connection.event(event).extend(held().id);
    socket.say({ type: 'accepted', re: lastCommand(socket).id, expiresAt: 2_000 });
    expect(await extended).toEqual({ accepted: true, expiresAt: 2_000 });
    expect(views.at(-1)).toMatchObject({ holds: [{ expiresAt: 2_000, canExtend: false }] });
    const released = connection.event(event).release(held().id);
    socket.say({ type: 'accepted', re: lastCommand(socket).id });
    expect(await released).toEqual({ accepted: true });
    expect(views.at(-1)).toMatchObject({ holds: [{ status: 'released' }] });
  });

  it('that `welcome` does not list any more are dropped', async () => {
    const { socket, views } = await stage.watching();
    socket.say({ type: 'hold', event, hold: held() });
    await stage.reconnect();
    expect(views.at(-1)).toMatchObject({ holds: [] });
  });

  it('of which `welcome` could not say stay, but not for somebody else', async () => {
    const { socket, views } = await stage.watching();
    socket.say({ type: 'hold', event, hold: held() });
    await stage.reconnect({ unanswered: [event] });
    expect(views.at(-1)).toMatchObject({ holds: [held()], isStale: false });
    await stage.reconnect({ unanswered: [event], subject: 'somebody' as SubjectId });
    expect(views.at(-1)).toMatchObject({ holds: [] });
  });

  it('that `welcome` lists are mine, made by whichever window', async () => {
    const { views } = await stage.watching();
    await stage.reconnect({ holds: [{ event, hold: held() }] });
    expect(views.at(-1)).toMatchObject({ holds: [held()] });
  });

  it('are asked for when an answer comes after its deadline', async () => {
    const { connection, socket } = await stage.watching({ commandDeadlineMs: 1_000 });
    const answer = connection.event(event).reserve([{ lot, quantity: 2 }]);
    const { id } = lastCommand(socket);
    await stage.clock.advance(1_000);
    expect(await answer).toMatchObject({ accepted: false, reason: 'outcome_unknown', id });
    socket.say({ type: 'accepted', re: id, expiresAt: 99 });
    expect(socket.heard.at(-1)).toEqual({ type: 'watch', event });
  });
});

describe('a command', () => {
  it('given before the connection is live leaves with the server’s time in its id', async () => {
    const connection = stage.open({ token: 'mine' });
    void connection.event(event).reserve([{ lot, quantity: 1 }]);
    const socket = await stage.welcome({ at: stage.clock.now() + 3_600_000, subject: me });
    expect(timeOfId(lastCommand(socket).id)).toBe(stage.clock.now() + 3_600_000);
  });

  it('does not leave in the name of somebody else', async () => {
    const connection = stage.open({ token: 'mine' });
    const socket = await stage.welcome({ subject: me });
    const answer = connection.event(event).reserve([{ lot, quantity: 1 }]);
    expect(lastCommand(socket).type).toBe('reserve');
    const second = await stage.reconnect();
    expect(await answer).toMatchObject({ reason: 'outcome_unknown' });
    expect(second.heard.map(({ type }) => type)).toEqual(['hello']);
  });

  it('rejects when the connection ends, and on one that has ended', async () => {
    const connection = stage.open();
    const waiting = connection.event(event).release(held().id);
    connection.close();
    const ended = { name: 'ConnectionEndedError', code: 'closed', reason: 'closed_by_caller' };
    await expect(waiting).rejects.toMatchObject(ended);
    const late = connection.event(event).release(held().id);
    await expect(late).rejects.toThrow(ConnectionEndedError);
  });
});

function lastCommand(socket: ScriptedSocket): ClientCommand {
  const command = socket.heard.filter((message) => 'id' in message).at(-1);
  if (command === undefined) throw new Error('No command was sent.');
  return command as ClientCommand;
}

function summary(view: ShowView): string {
  if (!view.isKnown) return view.rejection.reason;
  const free = view.lots.map(({ available }) => `${available} free`).join(', ');
  return `${view.position}: ${free}${view.isStale ? ' (stale)' : ''}`;
}
