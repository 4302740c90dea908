import { describe, expect, it } from 'vitest';
import { expectReplayed, tellAndExpect, told } from '../../test/setup/told-gates.ts';

describe('the incidents of a show', () => {
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
    expect(incidents.since(0, 9)).toMatchObject({
      incidents: [{ number: 1 }, { number: 2 }],
      upTo: 2,
      isMore: false,
    });
    expect(incidents.since(0, 1)).toMatchObject({
      incidents: [{ number: 1 }],
      upTo: 1,
      isMore: true,
    });
    story.tell(`see s1 ${first}`);
    story.tell('wait 1m');
    story.tell('chargeback kA1 oA1');
    const { incidents: later } = incidents.since(known, 9);
    expect(later[0]).toMatchObject({ id: first, isSeen: true });
    expect(later.map(({ kind }) => kind)).toContain('revoked_after_entry');
    expectReplayed(story);
  });

  it.each([
    [
      'a log that says that nobody went through',
      `scan d1 1 in 1 -> admitted
       scan d2 1 in 1 ! -> already_used !
       alone d2 in 1 wrong_gate`,
      'upload d2 -> new',
    ],
    [
      'a log that says who went out between',
      `checkpoints c2 reenter -> checkpoints_set
       scan d1 1 in 1 -> admitted
       wait 1m
       alone d2 out 1 exited
       wait 1m
       scan d1 2 in 1 ! -> inside_already !`,
      'upload d2 -> new',
    ],
    [
      'a rule that lets in again',
      `scan d1 1 in 1 -> admitted
       scan d1 2 out 1 -> exited
       scan d2 1 in 1 ! -> already_used !`,
      'checkpoints c3 reenter -> checkpoints_set',
    ],
  ])('are rid of an incident by %s, and tell whoever asks again', (_, rows, explanation) => {
    const story = told(`checkpoints c1\n${rows}`);
    const { incidents } = story.state.gates;
    const [id = ''] = [...incidents.ids()];
    const known = incidents.number;
    expect([id.split(':')[0], incidents.unseen]).toEqual(['double_entry', 1]);
    tellAndExpect(story, explanation);
    expect([incidents.size, incidents.unseen]).toEqual([0, 0]);
    expect(incidents.since(known, 9)).toEqual({
      incidents: [],
      gone: [id],
      upTo: known + 1,
      isMore: false,
    });
    expect(incidents.since(known + 1, 9).gone).toEqual([]);
    const { fact } = story.facts.at(-1)!;
    if (fact.type === 'scans_merged') expect(fact).toMatchObject({ incidents: [], gone: [id] });
    expectReplayed(story);
  });

  it('tell of one that is gone and comes again as of any other', () => {
    const story = told(`checkpoints c1
      scan d1 1 in 1 -> admitted
      scan d1 2 out 1 -> exited
      scan d2 1 in 1 ! -> already_used !
      checkpoints c2 reenter -> checkpoints_set
      checkpoints c3 -> checkpoints_set`);
    const { incidents } = story.state.gates;
    const [id] = [...incidents.ids()];
    const { incidents: later, gone } = incidents.since(0, 9);
    expect([later.map((each) => [each.id, each.number]), gone]).toEqual([[[id, 3]], []]);
    expectReplayed(story);
  });

  it('tell in pages of what came and what went, by the numbers of both', () => {
    const story = told(`checkpoints c1
      scan d1 1 in 1 -> admitted
      scan d1 2 out 1 -> exited
      scan d2 1 in 1 ! -> already_used !
      checkpoints c2 reenter -> checkpoints_set
      scan d2 2 in 2 -> admitted
      scan d2 3 in 2 ! -> inside_already !`);
    const { incidents } = story.state.gates;
    expect(incidents.since(0, 1)).toMatchObject({ incidents: [], upTo: 2, isMore: true });
    expect(incidents.since(0, 1).gone).toHaveLength(1);
    expect(incidents.since(2, 1)).toMatchObject({
      incidents: [{ number: 3, serial: 2 }],
      gone: [],
      isMore: false,
    });
  });
});
