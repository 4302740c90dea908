import { describe, expect, it } from 'vitest';
import { planOf } from './gate-plans.ts';

const days = [
  { from: 0, until: 1_000 },
  { from: 2_000, until: 3_000 },
];
const request = { checkpoint: 0, name: 'Entrada', gates: ['A', 'B', 'C'], days };
const lots = ['Pista', 'Camarote', 'Pista'].map((sector) => ({ sector }));

describe('A checkpoint as a producer asks for it', () => {
  it('lets every sector in everywhere, every day, and by one gate each while they are cut off', () => {
    const { rules } = planOf(request, lots);
    expect(rules.lotSectors).toEqual([0, 1, 0]);
    expect(rules.sectors).toEqual([
      { gates: 0b111, strictGates: 0b001, days: 0b11 },
      { gates: 0b111, strictGates: 0b010, days: 0b11 },
    ]);
  });

  it('keeps a sector to the gates and days that were said', () => {
    const sectors = [{ name: 'Camarote', gates: [2], days: [1] }];
    const { rules } = planOf({ ...request, sectors }, lots);
    expect(rules.sectors[1]).toEqual({ gates: 0b100, strictGates: 0b100, days: 0b10 });
  });

  it('admits once and asks for nothing unless that was said', () => {
    const { rules } = planOf(request, lots);
    expect(rules).toMatchObject({ isDaily: false, mayReenter: false, needsProof: false });
    const said = { isDaily: true, mayReenter: true, needsProof: true };
    expect(planOf({ ...request, ...said }, lots).rules).toMatchObject(said);
  });

  it('has name cards only where they were asked for, and its rules say nothing of them', () => {
    const without = planOf(request, lots);
    expect(without).not.toHaveProperty('hasCards');
    const { hasCards, ...rest } = planOf({ ...request, hasCards: true }, lots);
    expect(hasCards).toBe(true);
    expect(rest).toEqual(without);
  });
});
