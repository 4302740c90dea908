import { describe, expect, it } from 'vitest';
import { noon, scanOf } from '../test/scans.ts';
import { clockToleranceMs, receive, uplinkToleranceMs } from './received-scan.ts';

const second = 1_000;
const day = 86_400_000;

describe('Scans as they come in', () => {
  const receipt = {
    device: 'a',
    offset: 0,
    isDeviceRevoked: false,
    position: 5,
    previousAt: undefined,
    isIssued: (serial: number) => serial < 9,
  };
  const suspects = (scans: Parameters<typeof receive>[0], changes = {}) =>
    receive(scans, { ...receipt, receivedAt: noon + day, ...changes }).map((s) => s.isClockSuspect);

  it('are numbered, and are when the device says, by the server’s time', () => {
    const scans = [scanOf({ offset: 5 * second }), scanOf({ seq: 2, offset: 5 * second })];
    const received = receive(scans, { ...receipt, offset: 5 * second, receivedAt: noon + day });
    expect(received).toMatchObject([{ position: 5 }, { position: 6, isClockSuspect: false }]);
  });

  it('are of a ticket that the show has issued, or are known not to be', () => {
    const scans = [
      scanOf(),
      scanOf({ ticket: { serial: 9, revision: 0 } }),
      scanOf({ ticket: undefined }),
    ];
    const received = receive(scans, { ...receipt, receivedAt: noon });
    expect(received.map(({ isUnissued }) => isUnissued)).toEqual([false, true, false]);
  });

  it('are believed from a clock that is wrong by five minutes, as long as it stays so', () => {
    const offset = 300 * second;
    expect(suspects([scanOf({ offset }), scanOf({ offset })], { offset })).toEqual([false, false]);
  });

  it('are believed when their upload was on its way for long: that only makes the offset larger', () => {
    const received = {
      offset: uplinkToleranceMs + clockToleranceMs,
      receivedAt: noon + 60 * second,
    };
    expect(suspects([scanOf(), scanOf({ seq: 2 })], received)).toEqual([false, false]);
    expect(suspects([scanOf()], { offset: -clockToleranceMs })).toEqual([false]);
  });

  it.each([
    ['the clock was never compared', [scanOf({ offset: undefined })], {}],
    ['the clock was set ahead since', [scanOf()], { offset: -clockToleranceMs - 1 }],
    ['it was set back since', [scanOf()], { offset: clockToleranceMs + uplinkToleranceMs + 1 }],
    ['it is ahead of its receipt', [scanOf()], { receivedAt: noon - clockToleranceMs - 1 }],
    [
      'it goes back behind the scan before',
      [scanOf()],
      { previousAt: noon + clockToleranceMs + 1 },
    ],
  ])('are suspect when %s', (_, scans, changes) => {
    expect(suspects(scans, changes)).toEqual([true]);
  });

  it('that follow one that went back are believed again', () => {
    const scans = [0, -9, 1].map((at) => scanOf({ at: noon + at * second }));
    expect(suspects(scans)).toEqual([false, true, false]);
  });
});
