import { Bitmap } from '@ingressou/protocol/admission';
import { describe, expect, it } from 'vitest';
import type { GateStory } from '../../test/setup/gate-story.ts';
import { expectSound, told } from '../../test/setup/told-gates.ts';
import { packageParts } from './gates-view.ts';

// What a log that comes later makes of a ticket. Gates, scanners and tickets as in `gates.test.ts`:
// 1 to 6 were issued, 7 and above were not.
const stories: readonly { readonly story: string; readonly rows: string }[] = [
  {
    story: 'a ticket that was never issued came in where nobody knew, and is told',
    rows: `checkpoints c1
           alone d1 in 7 admitted
           alone d1 in 4000000 admitted
           alone d1 in 4000000000 admitted
           alone d1 out 8 exited
           upload d1             -> new revoked_entry revoked_entry revoked_entry inferred_entry
           upload d1 0           -> duplicate
           checkpoints c2 reenter`,
  },
  {
    story: 'whoever had a made-up ticket of that number before it was sold keeps nobody out',
    rows: `checkpoints c1
           alone d1 in 7 admitted
           alone d1 in 8 admitted
           upload d1             -> new revoked_entry revoked_entry
           sell A 1
           refund r1 A7 oA7 7    -> refund_due
           sell A 1
           scan d1 3 in 8        -> admitted
           checkpoints c2        -> checkpoints_set
           scan d2 1 in 8        -> already_used`,
  },
];

describe('the log of a gate that was alone', () => {
  it.each(stories)('$story', ({ rows }) => {
    expectSound(told(rows));
  });

  it('makes no ticket used that was never issued, for its show or in a package', () => {
    const story = told(`checkpoints c1
      alone d1 in 1 admitted
      alone d1 in 4000000 admitted
      revoke v1 d1 -> device_revoked
      upload d1 -> new revoked_device revoked_device revoked_entry`);
    expect(packed(story)).toEqual({ issued: 7, used: [1], people: 2 });
    expect(story.state.gates.checkpoints.get(0)?.counters[0]?.entered).toBe(2);
  });
});

/** What the package of d2 says of the first day. */
function packed(story: GateStory) {
  const question = { type: 'package', checkpoint: 0, device: story.device('d2') } as const;
  const parts = packageParts(story.state, question);
  const day = parts?.days[0];
  const used = [...Bitmap.ofBytes(day?.used ?? new Uint8Array()).numbers()];
  return { issued: parts?.issued, used, people: day?.people };
}
