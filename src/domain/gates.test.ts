import { describe, expect, it } from 'vitest';
import { GateStory } from '../../test/setup/gate-story.ts';
import { CountedGates } from '../workers/audit/counted-gates.ts';
import { evolve } from './evolve.ts';
import { violations } from './invariants.ts';
import { fromPlain, toPlain } from './snapshot.ts';
import { emptyShow } from './state.ts';

// Two gates, A and B, of one checkpoint; scanner d1 is at A, d2 at B. Tickets 1 to 4 are of full
// price, 5 and 6 of half.
const house = ['sell A 4', 'sell M 2'];
const scanners = ['enrol e1 d1 0', 'enrol e2 d2 1'];

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
    const story = told(rows);
    expect(violations(story.state)).toEqual([]);
    expectReplayed(story);
    expect(complaints(story)).toEqual([]);
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

  it('keep what does not add up aside, once', () => {
    const story = told(`checkpoints c1
      alone d1 in 1 admitted
      alone d1 in 2 admitted`);
    const command = story.command('upload', ['d1']);
    if (command.type !== 'merge_scans') throw new Error('An upload is a merge.');
    const broken = { ...command, log: { ...command.log, hash: new Uint8Array(32).fill(1) } };
    expect(story.answerTo(story.decide(broken))).toBe('broken');
    expect(story.answerTo(story.decide(broken))).toBe('broken');
    expect(story.facts.filter(({ fact }) => fact.type === 'scans_quarantined')).toHaveLength(1);
    expect(story.state.gates.devices.get(story.device('d1'))?.quarantined).toBe(2);
    expect(story.answerTo(story.decide(command))).toBe('new');
    const { incidents } = story.state.gates;
    const about = { kind: 'log_quarantined', why: 'broken', gate: 0, scans: 2, isSeen: false };
    expect(incidents.latest(9)).toMatchObject([about]);
    expect(story.tell(`see s1 log_quarantined:${story.device('d1')}`)).toBe('incidents_seen');
    const again = { ...command, log: { ...command.log, hash: new Uint8Array(32).fill(2) } };
    expect(story.answerTo(story.decide(again))).toBe('broken');
    expect(incidents.latest(9)).toMatchObject([{ ...about, scans: 4 }]);
    expectReplayed(story);
  });

  it('remember who looked at what, until it changes', () => {
    const story = told(`checkpoints c1
      alone d1 in 1 admitted
      wait 1m
      alone d1 in 2 admitted
      scan d2 1 in 1 -> admitted
      scan d2 2 in 2 -> admitted
      upload d1 -> new double_entry double_entry`);
    const { incidents } = story.state.gates;
    const [one = '', two = ''] = [...incidents.ids()];
    expect(story.tell(`see s1 ${one} ${one}`)).toBe('incidents_seen');
    expect(story.tell(`see s1 ${one} ${one}`)).toBe('again');
    expect(story.tell(`see s2 ${one}`)).toBe('again');
    expect(story.tell('see s3 double_entry:none')).toBe('incident_not_found');
    expect([incidents.size, incidents.unseen]).toEqual([2, 1]);
    expect(incidents.latest(9).map(({ id, isSeen }) => [id, isSeen])).toEqual([
      [two, false],
      [one, true],
    ]);
    // A rule that changes nothing about it leaves it as it is; one that explains it takes it away.
    story.tell('checkpoints c2');
    expect([incidents.size, incidents.unseen]).toEqual([2, 1]);
    expectReplayed(story);
    story.tell('checkpoints c3 daily');
    expect(incidents.get(one)?.isSeen).toBe(true);
    // Somebody else was first after all: the seen one is another story now.
    story.tell('enrol e3 d3 0');
    story.clocks.set('d3', -3_600_000);
    story.tell('alone d3 in 1 admitted');
    expect(story.tell('upload d3')).toContain('double_entry');
    expect(incidents.unseen).toBeGreaterThan(1);
    expectReplayed(story);
  });

  it('number every change, so that nobody who asks again misses one', () => {
    const story = told(`checkpoints c1
      scan d1 1 in 1 -> admitted
      scan d1 2 in 1 ! -> already_used !
      scan d1 3 in 2 -> admitted
      scan d1 4 in 2 ! -> already_used !`);
    const { incidents } = story.state.gates;
    const known = incidents.number;
    const [first = ''] = [...incidents.ids()];
    expect(incidents.since(0, 9).map(({ number }) => number)).toEqual([1, 2]);
    expect(incidents.since(0, 1).map(({ number }) => number)).toEqual([1]);
    story.tell(`see s1 ${first}`);
    story.tell('wait 1m');
    story.tell('chargeback kA1 oA1');
    const later = incidents.since(known, 9);
    expect(later[0]).toMatchObject({ id: first, isSeen: true });
    expect(later.map(({ kind }) => kind)).toContain('revoked_after_entry');
    expectReplayed(story);
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

/** Tells the rows and expects each answer that a row names. */
function told(rows: string): GateStory {
  const story = new GateStory();
  const [checkpoints = '', ...rest] = rows.split('\n');
  for (const row of [...house, checkpoints, ...scanners, ...rest]) {
    const expected = row.split('->')[1]?.trim();
    const answer = story.tell(row);
    if (expected !== undefined) expect(answer, row.trim()).toBe(expected);
  }
  return story;
}

/** Its facts, and a snapshot, lead to the same state. */
function expectReplayed(story: GateStory): void {
  const replayed = emptyShow(story.state.event);
  for (const { fact, at } of story.facts) evolve(replayed, fact, at);
  expect(toPlain(replayed)).toEqual(toPlain(story.state));
  const restored = fromPlain(structuredClone(toPlain(story.state)));
  expect(toPlain(restored)).toEqual(toPlain(story.state));
  expect(restored.gates).toEqual(story.state.gates);
  expect(restored.gates.incidents.unseen).toBe(story.state.gates.incidents.unseen);
}

/** What the auditor, who shares no rule with the show, says to its facts. */
function complaints({ facts }: GateStory): string[] {
  const found: string[] = [];
  const gates = new CountedGates((_, sentence) => found.push(sentence));
  for (const { fact, at } of facts) {
    switch (fact.type) {
      case 'refund_due':
      case 'charged_back':
        gates.revoke(fact);
        break;
      case 'ticket_bound':
      case 'ticket_freed':
        gates.reissue(fact);
        break;
      case 'checkpoints_set':
      case 'device_enrolled':
      case 'device_revoked':
      case 'device_reported':
      case 'scanned':
      case 'scans_merged':
      case 'scans_quarantined':
      case 'incidents_seen':
      case 'topped_up':
        gates.count(fact, at);
        break;
      default:
        break;
    }
  }
  return found;
}
