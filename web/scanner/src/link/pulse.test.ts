import { describe, expect, it } from 'vitest';
import { beat, freshPulse, heard, type Pulse } from './pulse.ts';

/** b: a second passes; h: a frame comes in. What is told of each beat. */
describe('the pulse of the link', () => {
  it.each([
    { story: 'answers keep it alive', steps: 'bhbhbh', deadAt: -1 },
    { story: 'one missed beat is nothing', steps: 'bbhbbh', deadAt: -1 },
    { story: 'two missed beats are its end', steps: 'bbb', deadAt: 2 },
    { story: 'it may be late, and then never again', steps: 'bbhbbb', deadAt: 5 },
  ])('$story', ({ steps, deadAt }) => {
    let pulse: Pulse = freshPulse;
    let died = -1;
    for (const [at, step] of [...steps].entries()) {
      if (step === 'h') {
        pulse = heard();
        continue;
      }
      const beaten = beat(pulse);
      pulse = beaten.pulse;
      if (beaten.isDead) died = at;
    }
    expect(died).toBe(deadAt);
  });
});
