import { Bitmap } from '@ingressou/protocol/admission';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GateStory } from '../../test/setup/gate-story.ts';
import { expectSound, told } from '../../test/setup/told-gates.ts';
import { gatesView, packageParts } from './gates-view.ts';

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
  {
    story: 'a number that was asked about for one ticket and written down for another is one scan',
    rows: `checkpoints c1
           scan d1 1 in 1        -> admitted
           scan d1 1 in 2        -> scan_known
           alone d1 in 2 admitted
           upload d1             -> new
           scan d1 1 in 1        -> scan_known
           scan d2 1 in 2        -> already_used
           scan d2 2 in 1        -> admitted`,
  },
  {
    story: 'a number that was asked about for a way in and written down for a way out is one scan',
    rows: `checkpoints c1 reenter
           scan d1 1 in 1        -> admitted
           scan d1 2 in 2        -> admitted
           alone d1 out 1 exited
           alone d1 out 2 exited
           upload d1             -> new inferred_entry inferred_entry
           scan d2 1 in 1        -> admitted`,
  },
  {
    story:
      'what was let in online without a ticket of the show is known when the log says with which',
    rows: `checkpoints c1
           scan d1 1 in 99 !     -> unknown_ticket !
           scan d1 1 in 99 !     -> unknown_ticket !
           knows d1 in 99 unknown_ticket supervisor
           upload d1             -> new revoked_entry`,
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

  it.each([
    ['the same', 'scan d1 1 in 1', 'knows d1 in 1 admitted', [1, 0, 1]],
    ['another ticket', 'scan d1 1 in 1', 'alone d1 in 2 admitted', [1, 0, 1]],
    ['the other way', 'scan d1 1 in 1', 'alone d1 out 1 exited', [0, 1, 0]],
    ['no ticket', 'scan d1 1 in 1', 'alone d1 in 0 not_a_ticket supervisor', [1, 0, 1]],
    ['which ticket', 'scan d1 1 in 99 !', 'knows d1 in 99 unknown_ticket supervisor', [1, 0, 1]],
    ['nobody went through', 'scan d1 1 in 99 !', 'alone d1 in 99 unknown_ticket', [0, 0, 0]],
  ])(
    'counts one person for one number, asked about and then told: %s',
    (_, asked, noted, counts) => {
      const story = told(['checkpoints c1', asked, noted, 'upload d1'].join('\n'));
      const { entered, exited } = story.state.gates.checkpoints.get(0)!.counters[0]!;
      const inside = gatesView(story.state, story.now).checkpoints[0]?.occupancy;
      expect([entered, exited, inside]).toEqual(counts);
      expect(story.state.gates.devices.get(story.device('d1'))?.scans).toBe(1);
      expectSound(story);
    },
  );
});

// Goal: however the logs come, the show comes to the same.
describe('Logs of gates that were alone', () => {
  const runs = Number(process.env.MERGE_RUNS ?? 50);
  const ticket = fc.constantFrom(1, 1, 1, 2, 0, 99, 4_000_000_000);
  const step = fc.record({
    device: fc.constantFrom('d1', 'd2', 'd3'),
    way: fc.constantFrom('in', 'in', 'out'),
    /** What the server was asked about under the same number. */
    asked: fc.option(ticket, { freq: 2 }),
    noted: ticket,
    verdict: fc.constantFrom('admitted', 'admitted', 'wrong_gate'),
    hours: fc.integer({ min: 1, max: 8 }),
  });
  const uploads = fc.shuffledSubarray(['d1', 'd2', 'd3', 'd1', 'd2', 'd3'], { minLength: 6 });
  const rules = fc.constantFrom('', 'daily', 'reenter', 'daily reenter');

  it(`come to the same in any order and however often each comes (${runs} runs)`, () => {
    const steps = fc.array(step, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(rules, steps, uploads, (rule, some, order) => {
        const [once, again] = [['d1', 'd2', 'd3'], order].map((devices) => {
          const story = told(`checkpoints c1 ${rule}\nenrol e3 d3 0`);
          for (const each of some) tellStep(story, each);
          for (const device of devices) {
            if (story.logs.has(device)) story.tell(`upload ${device} 0`);
          }
          expectSound(story);
          return outcomeOf(story);
        });
        expect(again).toEqual(once);
      }),
      { numRuns: runs },
    );
  });
});

interface Step {
  readonly device: string;
  readonly way: string;
  readonly asked: number | null;
  readonly noted: number;
  readonly verdict: string;
  readonly hours: number;
}

/** One number of a device: what it asked, if anything, and what it wrote down. */
function tellStep(story: GateStory, { device, way, asked, noted, verdict, hours }: Step): void {
  const seq = story.log(device).length + 1;
  if (asked !== null) story.tell(`scan ${device} ${seq} ${way} ${asked || 'junk'} !`);
  story.tell(`alone ${device} ${way} ${noted} ${verdict}`);
  story.tell(`wait ${hours}h`);
}

function outcomeOf({ state }: GateStory) {
  const { checkpoints, incidents, devices } = state.gates;
  const { admissions, people, counters } = checkpoints.get(0)!;
  return {
    tracks: admissions.days().flatMap((day) => {
      const { used, inside } = admissions.tracks(day);
      return used.size === 0 ? [] : [[day, [...used.numbers()], [...inside.numbers()]]];
    }),
    people: [...people].filter(([, inside]) => inside !== 0).sort(([a], [b]) => a - b),
    counted: counters.map(({ entered, exited }) => [entered, exited]),
    incidents: [...incidents.ids()].sort(),
    scans: [...devices.values()].map(({ scans, head }) => [scans, head.seq]),
  };
}

/** What the package of d2 says of the first day. */
function packed(story: GateStory) {
  const question = { type: 'package', checkpoint: 0, device: story.device('d2') } as const;
  const parts = packageParts(story.state, question);
  const day = parts?.days[0];
  const used = [...Bitmap.ofBytes(day?.used ?? new Uint8Array()).numbers()];
  return { issued: parts?.issued, used, people: day?.people };
}
