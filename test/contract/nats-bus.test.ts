import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/free-port.ts';
import { startNats } from '../../scripts/private-nats.ts';
import { NoServiceError, type PrivateServer } from '../../scripts/private-process.ts';
import { openNatsBus } from '../../src/cluster/nats-bus.ts';
import { type Bus, BusDownError, SilenceError } from '../../src/ports/bus.ts';
import { silentTelemetry } from '../setup/silent-telemetry.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { Heard, meet, text } from './bus.ts';

// A server of the test's own, that is killed, frozen and started again.

const server = await started();
if (server instanceof NoServiceError) skipBecause('NatsBus and its server', server.message);
else describe('NatsBus and its server', () => tests(server));

function tests(nats: PrivateServer): void {
  let buses: Bus[];
  let told: (boolean | string)[];

  beforeEach(() => {
    buses = [];
    told = [];
  });
  afterEach(async () => {
    await Promise.all(buses.map((bus) => bus.close()));
    await nats.stop();
    await nats.start();
  });
  afterAll(() => nats.remove());

  const join = async (url = nats.url): Promise<Bus> => {
    const telemetry = {
      ...silentTelemetry,
      busChanged: (isUp: boolean) => told.push(isUp),
      failed: (what: string) => told.push(what),
    };
    const bus = await openNatsBus(url, { name: 'test', telemetry });
    buses.push(bus);
    return bus;
  };

  it('start without each other: the bus comes when the server comes', async () => {
    await nats.kill();
    const [a, b] = [await join(), await join()];
    expect([a.isUp, b.isUp]).toEqual([false, false]);
    expect(told).toEqual(['reach the bus', false, 'reach the bus', false]);
    const heard = new Heard(b, 'early');
    a.publish('early', text('lost'));
    await expect(a.request('early', text('lost'), 1_000)).rejects.toThrow(BusDownError);
    const comes = Promise.all([change(a), change(b)]);
    await nats.start();
    expect(await comes).toEqual([true, true]);
    await meet(a, b);
    a.publish('early', text('um'));
    await heard.count(1);
    expect(heard.texts).toEqual(['um']);
  });

  it('find each other again after a kill, and nothing comes late or twice', async () => {
    const [a, b] = [await join(), await join()];
    const before = new Heard(b, 'subject');
    await meet(a, b);
    a.publish('subject', text('um'));
    await before.count(1);
    const gone = Promise.all([change(a), change(b)]);
    await nats.kill();
    expect(await gone).toEqual([false, false]);
    for (let count = 0; count < 1_000; count += 1) a.publish('subject', text('lost'));
    await expect(a.request('subject', text('lost'), 1_000)).rejects.toThrow(BusDownError);
    const during = new Heard(b, 'during');
    const back = Promise.all([change(a), change(b)]);
    await nats.start();
    expect(await back).toEqual([true, true]);
    await meet(a, b);
    a.publish('subject', text('dois'));
    a.publish('during', text('três'));
    await Promise.all([before.count(2), during.count(1)]);
    await meet(a, b);
    expect([before.texts, during.texts]).toEqual([['um', 'dois'], ['três']]);
    expect(told).toEqual([true, true, false, false, true, true]);
  });

  it('part when the server is frozen, and meet again when it runs', async () => {
    const [a, b] = [await join(), await join()];
    new Heard(b, 'subject');
    await meet(a, b);
    const gone = Promise.all([change(a), change(b)]);
    process.kill(nats.pid, 'SIGSTOP');
    await expect(a.request('subject', text('um'), 50)).rejects.toThrow(SilenceError);
    expect(await gone).toEqual([false, false]);
    const back = Promise.all([change(a), change(b)]);
    process.kill(nats.pid, 'SIGCONT');
    expect(await back).toEqual([true, true]);
    await meet(a, b);
  });

  it('part and meet again, listeners too, when the server freezes while much is sent', async () => {
    const [a, b] = [await join(), await join()];
    const heard = new Heard(b, 'subject');
    await meet(a, b);
    const gone = Promise.all([change(a), change(b)]);
    process.kill(nats.pid, 'SIGSTOP');
    // More than the sockets of both sides take: what follows waits in the client behind it.
    const message = new Uint8Array(256 * 1024);
    for (let count = 0; count < 50; count += 1) a.publish('elsewhere', message);
    expect(await gone).toEqual([false, false]);
    await expect(a.request('subject', text('lost'), 1_000)).rejects.toThrow(BusDownError);
    const back = Promise.all([change(a), change(b)]);
    process.kill(nats.pid, 'SIGCONT');
    expect(await back).toEqual([true, true]);
    await meet(a, b);
    a.publish('subject', text('um'));
    await heard.count(1);
    expect(heard.texts).toEqual(['um']);
  });

  it('keep little of what is sent while the server is frozen and nobody has noticed', async () => {
    const a = await join();
    process.kill(nats.pid, 'SIGSTOP');
    const message = new Uint8Array(256 * 1024);
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 2_000; count += 1) {
      a.publish('subject', message);
      if (count % 50 === 0) await sleep(0);
    }
    const kept = process.memoryUsage().arrayBuffers - before;
    expect(kept).toBeLessThan(100 * 1024 * 1024);
    await expect(a.request('subject', message, 1_000)).rejects.toThrow(BusDownError);
    expect(a.isUp).toBe(true);
    process.kill(nats.pid, 'SIGCONT');
  });

  it('end while the server is away, and nothing goes on trying', async () => {
    await nats.kill();
    const a = await join();
    await a.close();
    await nats.start();
    const b = await join();
    await nats.kill();
    await b.close();
    await nats.start();
    expect(told.filter((each) => typeof each === 'string')).toEqual(['reach the bus']);
  });
}

/** What the next change of a bus is. */
function change(bus: Bus): Promise<boolean> {
  return new Promise((resolve) => bus.onChange(resolve));
}

describe('NatsBus and a password', () => {
  it('says no to the wrong one, once, and goes on trying', async (context) => {
    const password = randomUUID();
    const nats = await started(password);
    if (nats instanceof NoServiceError) return context.skip(nats.message);
    const failures: unknown[] = [];
    const failed = (_what: string, cause: unknown) => failures.push(cause);
    const telemetry = { ...silentTelemetry, failed };
    const wrong = nats.url.replace(password, 'wrong');
    const [right, refused] = await Promise.all(
      [nats.url, wrong].map((url) => openNatsBus(url, { name: 'test', telemetry })),
    );
    expect([right?.isUp, refused?.isUp]).toEqual([true, false]);
    expect(failures.map(String)).toEqual([expect.stringMatching(/authoriz/i)]);
    expect(failures.map(String).join()).not.toContain('wrong');
    await Promise.all([right?.close(), refused?.close()]);
    await nats.remove();
  });
});

async function started(password?: string): Promise<PrivateServer | NoServiceError> {
  try {
    const port = await freePort();
    return await startNats({ mayInstall: false, port, ...(password && { password }) });
  } catch (error) {
    // A machine without the program.
    if (error instanceof NoServiceError) return error;
    throw error;
  }
}
