import { expect, it } from 'vitest';
import { UsageError } from '../../scripts/command.ts';
import { wishOf } from './command-line.ts';

it.each([
  [[], 'What is to be done?'],
  [['reserves'], 'There is no "reserves".'],
  [['--json'], 'There is no "--json".'],
  [['constructor'], 'There is no "constructor".'],
])('a bench called with %j is refused, and says which scenarios there are', (words, problem) => {
  expect(() => wishOf(words)).toThrow(UsageError);
  expect(() => wishOf(words)).toThrow(problem);
  expect(() => wishOf(words)).toThrow(/^ {2}same-ticket .+ Give one of reserve, opening, /ms);
});

it('the help of the benches lists the scenarios, and that of one its options', () => {
  expect(wishOf(['--help'])).toMatchObject({ help: expect.stringMatching(/^ {2}opening /m) });
  const ofOne = wishOf(['opening', '--buyers', '1', '--help']);
  expect(ofOne).toMatchObject({ help: expect.stringMatching(/^ {2}--buyers N /m) });
});

it('a scenario gets its options, with their defaults', () => {
  expect(wishOf(['gates', '--scans', '5'])).toMatchObject({
    name: 'gates',
    values: { scans: '5', devices: '20' },
  });
});
