import { createHash } from 'node:crypto';
import { pack } from '@ingressou/protocol';
import { toPlain } from '../../../src/domain/snapshot.ts';
import type { ShowState } from '../../../src/domain/state.ts';

/** Two states with one digest are the same to the last bit. */
export function digestOf(state: ShowState): string {
  return createHash('sha256')
    .update(pack(toPlain(state)))
    .digest('hex');
}
