import { expect, it } from 'vitest';
import { emptyState } from './log-rows.ts';
import { restOf } from './rest-of-log.ts';

it('says what is still to be sent, and never of what is held that it will be', () => {
  const after = (seq: number) => ({ ...emptyState, head: { ...emptyState.head, seq } });
  const held = (seq: number) => ({ ...after(seq), quarantine: 'fork' as const });
  expect([after(0), after(1), after(2)].map(restOf)).toEqual([
    'tudo enviado',
    '1 a enviar',
    '2 a enviar',
  ]);
  expect([held(1), held(2)].map(restOf)).toEqual(['1 retida', '2 retidas']);
});
