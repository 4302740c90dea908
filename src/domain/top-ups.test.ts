import { describe, expect, it } from 'vitest';
import type { GateStory } from '../../test/setup/gate-story.ts';
import { expectReplayed, told } from '../../test/setup/told-gates.ts';
import { entriesOf } from '../workers/projector/ledger-entries.ts';

/** What the ledger has of the gates after a story: each transaction, what came in by it and where. */
function cashed({ facts }: GateStory): (readonly [string, cents: number, account: string])[] {
  return facts
    .flatMap(({ fact, at }, index) => entriesOf(fact, index + 1, at))
    .filter(({ account }) => account.startsWith('gate') && account !== 'gate_sales')
    .map(({ transaction, amountCents, account }) => [transaction, amountCents, account] as const);
}

function booked(story: GateStory): (readonly [transaction: string, cents: number])[] {
  return cashed(story).map(([transaction, cents]) => [transaction, cents] as const);
}

// Tickets 5 and 6 are of half price, R$ 50, and what is missing to full price is as much again.
const alone = 'checkpoints c1 proof\nalone d1 in 5 admitted topped_up';

describe('half price that was topped up at a gate that was alone', () => {
  it('is booked when its log comes, once however often it comes, and shows no proof again', () => {
    const story = told(`${alone}
      upload d1             -> new
      upload d1 0           -> duplicate
      topup t1 d2 5         -> ticket_not_half
      scan d2 1 in 5 !      -> already_used !`);
    expect(booked(story)).toEqual([[`top_up:log:${story.device('d1')}:1`, 5_000]]);
    expect(story.state.gates.toppedUp.has(5)).toBe(true);
    expectReplayed(story);
  });

  it('is booked once when two gates were paid, or one ticket twice in a log', () => {
    const story = told(`${alone}
      alone d1 in 5 admitted topped_up
      wait 1m
      alone d2 in 5 admitted topped_up
      alone d2 in 6 admitted topped_up
      upload d2             -> new
      upload d1             -> new double_entry double_entry`);
    const d2 = story.device('d2');
    expect(booked(story)).toEqual([
      [`top_up:log:${d2}:1`, 5_000],
      [`top_up:log:${d2}:2`, 5_000],
    ]);
    expectReplayed(story);
  });

  it('is not booked again when the server has heard of it, before or as it happened', () => {
    const before = told(`${alone}
      topup t1 d1 5         -> topped_up
      upload d1             -> new`);
    expect(booked(before)).toEqual([[`top_up:${before.id('t1')}`, 5_000]]);
    const online = told(`checkpoints c1 proof
      scan d1 1 in 5 topped_up proof -> admitted
      scan d1 1 in 5 topped_up proof -> admitted
      alone d1 in 5 admitted topped_up
      upload d1             -> new`);
    expect(booked(online)).toEqual([[`top_up:log:${online.device('d1')}:1`, 5_000]]);
    expectReplayed(online);
  });

  it('is booked though the ticket was given back, or the device shut out: somebody has the money', () => {
    const story = told(`${alone}
      alone d1 in 6 admitted topped_up
      chargeback kM5 oM5    -> charged_back
      revoke v1 d1          -> device_revoked
      upload d1             -> new revoked_device revoked_entry revoked_device revoked_entry`);
    expect(booked(story).map(([, cents]) => cents)).toEqual([5_000, 5_000]);
    expectReplayed(story);
  });

  it('is booked where the money is, as far as the log says', () => {
    const story = told(`checkpoints c1 proof
      sell M 3
      alone d1 in 5 admitted topped_up_cash
      alone d1 in 6 admitted topped_up_card
      alone d1 in 7 admitted topped_up_pix
      alone d1 in 8 admitted topped_up
      upload d1             -> new
      scan d1 5 in 9 topped_up_cash proof -> admitted`);
    const accounts = cashed(story).map(([, , account]) => account);
    expect(accounts).toEqual(['gate_cash', 'gate_card', 'gate_pix', 'gate', 'gate_cash']);
    expectReplayed(story);
  });

  it('is booked once for a number that was asked about for one ticket and told of another', () => {
    const story = told(`checkpoints c1 proof
      scan d1 1 in 5 topped_up_pix proof -> admitted
      alone d1 in 6 admitted topped_up_pix
      upload d1             -> new`);
    expect(booked(story)).toEqual([[`top_up:log:${story.device('d1')}:1`, 5_000]]);
    expectReplayed(story);
  });

  it('is nothing for full price, what is no ticket, a way out or another reason', () => {
    const story = told(`checkpoints c1 proof
      alone d1 in 1 admitted topped_up
      alone d1 in 99 admitted topped_up
      alone d1 out 5 exited topped_up
      alone d1 in 6 proof_needed supervisor
      upload d1             -> new revoked_entry inferred_entry`);
    expect(booked(story)).toEqual([]);
  });

  it('is not booked while its log is held: what does not add up is nobody’s word', () => {
    const story = told(alone);
    const command = story.command('upload', ['d1']);
    if (command.type !== 'merge_scans') throw new Error('An upload is a merge.');
    const broken = { ...command, log: { ...command.log, hash: new Uint8Array(32).fill(1) } };
    expect(story.answerTo(story.decide(broken))).toBe('broken');
    expect(booked(story)).toEqual([]);
    // The whole log may still come, and then it counts.
    expect(story.answerTo(story.decide(command))).toBe('new');
    expect(booked(story).map(([, cents]) => cents)).toEqual([5_000]);
    expectReplayed(story);
  });
});
