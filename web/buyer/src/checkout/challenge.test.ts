import { describe, expect, it } from 'vitest';
import { outcomeOf } from './challenge.ts';

describe('the end of a challenge', () => {
  const done = { tds_server_trans_id: 'tds_1' };
  it.each([
    ['the bank knows the buyer', [{ ...done, trans_status: 'Y' }], 'authenticated'],
    [
      'the bank was asked and does not take part',
      [{ ...done, trans_status: 'A' }],
      'authenticated',
    ],
    ['an older script gives no list', { ...done, trans_status: 'Y' }, 'authenticated'],
    ['a wrong code', [{ ...done, trans_status: 'N' }], 'refused'],
    ['the bank rejects', [{ ...done, trans_status: 'R' }], 'refused'],
    ['the buyer left', [{ ...done, trans_status: 'Y', challenge_canceled: true }], 'refused'],
    ['a challenge that was begun and not ended', [{ ...done, trans_status: 'C' }], 'refused'],
    ['the bank cannot be asked', [{ ...done, trans_status: 'U' }], 'unavailable'],
    ['a yes without a transaction', [{ trans_status: 'Y' }], 'unavailable'],
    ['an error', [{ error: 'broken' }], 'unavailable'],
    ['nothing', [], 'unavailable'],
  ])('%s', (_, answer, expected) => {
    expect(outcomeOf(answer).status).toBe(expected);
  });

  it('brings the transaction to pay with', () => {
    expect(outcomeOf([{ ...done, trans_status: 'Y' }])).toEqual({
      status: 'authenticated',
      transaction: 'tds_1',
    });
  });
});
