import { describe, expect, it } from 'vitest';
import { expectSound, told } from '../../test/setup/told-gates.ts';
import { gatesView, packageParts } from './gates-view.ts';

// Two gates, A and B, of one checkpoint; scanner d1 is at A, d2 at B. Tickets 1 to 4 are of full
// price, 5 and 6 of half.
const stories: readonly { readonly story: string; readonly rows: string }[] = [
  {
    story: 'a ticket comes in once, whichever gate it tries',
    rows: `checkpoints c1
           scan d1 1 in 1        -> admitted
           scan d2 1 in 1        -> already_used
           scan d1 2 in 1        -> already_used
           scan d1 3 in 2        -> admitted`,
  },
  {
    story: 'an answer that was lost is given again, and is no second scan',
    rows: `checkpoints c1
           scan d1 1 in 1        -> admitted
           scan d1 1 in 1        -> admitted
           scan d1 1 in 2        -> scan_known
           scan d1 1 out 1       -> scan_known
           scan d2 1 in 1        -> already_used`,
  },
  {
    story: 'who may come in again goes out first',
    rows: `checkpoints c1 reenter
           scan d1 1 in 1        -> admitted
           scan d1 2 in 1        -> inside_already
           scan d2 1 out 1       -> exited
           scan d1 3 in 1        -> admitted
           scan d1 4 out 2       -> exited
           scan d1 5 in 2        -> admitted`,
  },
  {
    story: 'a ticket that went to another phone is void on the first one, and lets in once',
    rows: `checkpoints c1
           phone b1 1 red        -> ticket_bound
           scan d1 1 in 1        -> admitted
           phone b2 2 red        -> ticket_bound
           phone b3 2 blue       -> ticket_bound
           scan d1 2 in 2        -> old_revision
           scan d1 3 in 2 r1     -> admitted
           scan d2 1 in 2        -> old_revision
           scan d2 2 in 2 r1     -> already_used`,
  },
  {
    story: 'a gate that was alone and let the first phone in tells of a code that was void',
    rows: `checkpoints c1
           phone b1 1 red        -> ticket_bound
           alone d1 in 1 admitted
           wait 1m
           phone b2 1 blue       -> ticket_bound
           upload d1             -> new
           phone b5 1 red        -> ticket_used
           phone b3 2 red        -> ticket_bound
           phone b4 2 blue       -> ticket_bound
           wait 1m
           alone d1 in 2 admitted
           upload d1             -> new revoked_entry
           scan d2 1 in 2 r1     -> admitted`,
  },
  {
    story: 'who may not come in again stays out',
    rows: `checkpoints c1
           scan d1 1 in 1        -> admitted
           scan d1 2 out 1       -> exited
           scan d1 3 in 1        -> already_used`,
  },
  {
    story: 'where days count, each day is a new one',
    rows: `checkpoints c1 daily
           scan d1 1 in 1        -> admitted
           scan d1 2 in 1        -> already_used
           wait 1d
           scan d1 3 in 1        -> admitted
           wait 3d
           scan d1 4 in 1        -> expired`,
  },
  {
    story: 'half price shows its proof, or pays the rest',
    rows: `checkpoints c1 proof
           scan d1 1 in 1        -> admitted
           scan d1 2 in 5        -> proof_needed
           scan d1 3 in 5 proof  -> admitted
           scan d1 4 in 6        -> proof_needed
           topup t1 d1 6         -> topped_up
           topup t1 d1 6         -> again
           topup t2 d1 6         -> ticket_not_half
           topup t3 d1 1         -> ticket_not_half
           topup t4 d1 99        -> ticket_not_found
           scan d1 5 in 6        -> admitted`,
  },
  {
    story: 'a supervisor lets somebody in against the verdict, and it is seen',
    rows: `checkpoints c1
           scan d1 1 in 1        -> admitted
           scan d2 1 in 1 !      -> already_used !
           scan d2 1 in 1 !      -> already_used !
           scan d2 2 in junk !   -> not_a_ticket !
           scan d2 3 in junk     -> not_a_ticket
           scan d2 4 in 2 forged -> bad_signature`,
  },
  {
    story: 'a ticket that the show never issued is unknown, however well it is signed',
    rows: `checkpoints c1
           scan d1 1 in 99       -> unknown_ticket
           scan d1 2 in 1 r1     -> unknown_ticket
           scan d1 3 in 99       -> unknown_ticket
           scan d1 4 out 99      -> exited`,
  },
  {
    story: 'what was given back admits nobody, and what was used is not given back',
    rows: `checkpoints c1
           scan d1 1 in 1        -> admitted
           refund r1 A1 oA1      -> ticket_used
           refund r2 - oA1       -> ticket_used
           refund r3 A1 oA1 2 3  -> refund_due
           scan d1 2 in 2        -> revoked
           scan d1 3 in 4        -> admitted
           chargeback kA1 oA1    -> charged_back
           scan d1 4 in 1        -> revoked`,
  },
  {
    story: 'only scanners that were let in scan, and one that was shut out never again',
    rows: `checkpoints c1
           scan d9 1 in 1        -> device_not_found
           enrol e3 d3 7         -> checkpoint_not_found
           enrol e1 d1 0         -> again
           enrol e1 d1 1         -> id_reused
           enrol e4 d1 1         -> device_enrolled
           scan d1 1 in 1        -> admitted
           revoke v1 d1          -> device_revoked
           revoke v1 d1          -> again
           revoke v2 d1          -> again
           revoke v3 d9          -> device_not_found
           scan d1 2 in 2        -> device_revoked
           enrol e5 d1 0         -> device_revoked
           topup t1 d1 5         -> device_revoked`,
  },
  {
    story: 'a gate that was alone tells later, and somebody came in twice',
    rows: `checkpoints c1
           alone d1 in 1 admitted
           wait 1m
           scan d2 1 in 1        -> admitted
           upload d1             -> new double_entry
           upload d1 0           -> duplicate
           scan d2 2 in 1        -> already_used`,
  },
  {
    story: 'two gates that were alone tell in any order',
    rows: `checkpoints c1
           alone d1 in 1 admitted
           wait 1m
           alone d2 in 1 admitted
           alone d2 in 2 admitted
           upload d2             -> new
           upload d1             -> new double_entry`,
  },
  {
    story: 'the log says what the operator was told: online scans are in it, and count once',
    rows: `checkpoints c1
           scan d1 1 in 1        -> admitted
           knows d1 in 1 admitted
           scan d1 2 in 1        -> already_used
           knows d1 in 1 already_used
           alone d1 in 2 admitted
           upload d1             -> new
           scan d1 3 in 3        -> scan_known
           scan d1 4 in 3        -> admitted`,
  },
  {
    story: 'the answer never came, and the gate that was alone kept them out',
    rows: `checkpoints c1
           scan d1 1 in 1        -> admitted
           alone d1 in 1 wrong_gate
           upload d1             -> new
           scan d2 1 in 1        -> admitted`,
  },
  {
    story: 'a log that begins too late, tells two stories or is damaged',
    rows: `checkpoints c1
           alone d1 in 1 admitted
           alone d1 in 2 admitted
           upload d1 1           -> gap
           upload d1 0           -> new
           upload d1 1           -> duplicate`,
  },
  {
    story: 'scans of a device that was shut out meanwhile are not forgotten',
    rows: `checkpoints c1
           alone d1 in 1 admitted
           revoke v1 d1          -> device_revoked
           scan d2 1 in 1        -> admitted
           upload d1             -> new revoked_device double_entry`,
  },
  {
    story: 'a clock that is a day off is made good by what the device knows of it',
    rows: `checkpoints c1
           clock d1 -86400
           alone d1 in 1 admitted
           wait 1m
           scan d2 1 in 1        -> admitted
           upload d1             -> new double_entry`,
  },
  {
    story: 'a ticket was given back while a gate that was alone let it in',
    rows: `checkpoints c1
           refund r1 A1 oA1 2    -> refund_due
           wait 1m
           alone d1 in 2 admitted
           upload d1             -> new revoked_entry`,
  },
  {
    story: 'a device that has nothing new to say is noted once a minute',
    rows: `checkpoints c1
           report d1 0           -> device_reported
           report d1 0           -> again
           report d1 3           -> device_reported
           wait 1m
           report d1 3           -> device_reported
           report d9 3           -> device_not_found`,
  },
];

describe('the gates of a show', () => {
  it.each(stories)('$story', ({ rows }) => {
    expectSound(told(rows));
  });

  it('tell with a verdict what the operator needs', () => {
    const story = told(`checkpoints c1 reenter
      scan d1 1 in 1 -> admitted
      scan d2 1 in 1 -> inside_already`);
    const at = story.now;
    expect(story.last).toMatchObject({ serial: 1, lot: 0, occupancy: 1, last: { at, gate: 0 } });
    story.tell('scan d2 2 out 1');
    expect(story.last).toMatchObject({ isInferred: false, occupancy: 0 });
    story.tell('scan d2 3 in 1');
    expect(story.last).toMatchObject({ entry: 2, occupancy: 1 });
    story.tell('scan d2 3 in 1');
    expect(story.last).toMatchObject({ verdict: 'admitted', entry: 2, occupancy: 1 });
  });

  it('count both people when somebody came in twice', () => {
    const story = told(`checkpoints c1
      alone d1 in 1 admitted
      scan d2 1 in 1 -> admitted
      upload d1 -> new double_entry`);
    const [incident] = story.state.gates.incidents.latest(1);
    const other = { device: story.device('d2'), mode: 'online' };
    expect(incident).toMatchObject({ scan: { device: story.device('d1') }, serial: 1, other });
    expect(story.state.gates.checkpoints.get(0)?.people.get(0)).toBe(2);
  });

  it('count whoever was let in without a ticket as inside, until they go out', () => {
    const story = told(`checkpoints c1
      scan d1 1 in 1 -> admitted
      scan d2 1 in junk ! -> not_a_ticket !
      scan d2 2 in 99 ! -> unknown_ticket !`);
    const inside = () => gatesView(story.state, story.now).checkpoints[0]?.occupancy;
    expect([inside(), story.last?.occupancy]).toEqual([3, 3]);
    story.tell('scan d2 3 out junk !');
    expect([inside(), story.last?.occupancy]).toEqual([2, 2]);
    story.tell('checkpoints c2');
    expect(inside()).toBe(2);
    story.tell('scan d2 4 out junk !');
    story.tell('scan d2 5 out junk !');
    story.tell('scan d2 6 out junk !');
    expect([inside(), story.last?.occupancy]).toEqual([0, 0]);
    expectSound(story);
  });

  it('tell scanners how many are inside, also where nobody had a ticket', () => {
    const story = told('checkpoints c1\nscan d1 1 in junk ! -> not_a_ticket !');
    const question = { type: 'package', checkpoint: 0, device: story.device('d2') } as const;
    expect(packageParts(story.state, question)?.days.map(({ people }) => people)).toEqual([1]);
    expectSound(story);
  });

  it('count again when a producer changes the rules', () => {
    const story = told(`checkpoints c1
      scan d1 1 in 1 -> admitted
      checkpoints c2 reenter -> checkpoints_set
      scan d1 2 in 1 -> inside_already
      scan d1 3 out 1 -> exited
      scan d1 4 in 1 -> admitted`);
    expect(story.state.gates.checkpoints.get(0)?.counters[0]).toMatchObject({
      entered: 2,
      exited: 1,
    });
  });
});
