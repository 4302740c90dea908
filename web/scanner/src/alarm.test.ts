import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Alarm } from './alarm.ts';

/** The sound of a phone: `interrupted` is what iOS makes of it during a call. */
let sound: { state: 'suspended' | 'running' | 'interrupted'; resume(): Promise<void> };

beforeEach(() => {
  class Sound {
    state = 'suspended' as typeof sound.state;
    constructor() {
      sound = this;
    }
    async resume() {
      this.state = 'running';
    }
  }
  vi.stubGlobal('AudioContext', Sound);
  vi.stubGlobal('navigator', {});
});
afterEach(() => vi.unstubAllGlobals());

it('sounds from the first touch on, and again soon after a call', () => {
  const alarm = new Alarm();
  alarm.wake();
  expect(sound.state).toBe('running');
  sound.state = 'interrupted';
  alarm.wake();
  expect(sound.state).toBe('running');
  sound.state = 'interrupted';
  // Nobody touches a phone that reads ticket after ticket.
  alarm.tell('green');
  expect(sound.state).toBe('running');
});
