import { expect, it } from 'vitest';
import { Turnstile } from './turnstile.ts';

it('lets so many pass at a time, and of those that wait the most urgent first', async () => {
  const turnstile = new Turnstile(2);
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const urgencies: Record<string, number> = { a: 0, b: 0, c: 1, d: 5, e: 1, f: 2 };
  const passed = Object.keys(urgencies).map((name) =>
    turnstile.pass(
      async () => {
        begun.push(name);
        await new Promise<void>((resolve) => ends.push(resolve));
      },
      () => urgencies[name] ?? 0,
    ),
  );
  const settled = () => new Promise((resolve) => void setImmediate(resolve));
  await settled();
  expect(begun).toEqual(['a', 'b']);
  // What is urgent is asked when there is a place, not when somebody came.
  urgencies.c = 3;
  urgencies.d = 0;
  for (let end = 0; end < 6; end += 1) {
    ends[end]?.();
    await settled();
  }
  expect(begun).toEqual(['a', 'b', 'c', 'f', 'e', 'd']);
  await Promise.all(passed);
});

it('gives the place of what failed to the next one', async () => {
  const turnstile = new Turnstile(1);
  const failed = turnstile.pass(
    async () => {
      throw new Error('no');
    },
    () => 0,
  );
  const next = turnstile.pass(
    async () => 'yes',
    () => 0,
  );
  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe('yes');
});
