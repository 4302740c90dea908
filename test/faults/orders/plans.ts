import type { Behaviour } from '../../../src/payments/simulator/faults.ts';
import type { Random } from '../../simulation/random.ts';

/** What a buyer is going to do with one order, and what becomes of the money. */
export interface Plan {
  readonly kind: PlanKind;
  readonly method: 'pix' | 'card';
  /** A number of the provider's tests. */
  readonly cardNumber?: string;
  /** What the simulated bank does. */
  readonly bank: Behaviour;
  readonly later?: 'cancels' | 'cancels_and_pays' | 'refunds_all' | 'refunds_one' | 'pays_again';
}

export type PlanKind = keyof typeof kinds;

const never = { pays: 'never' } as const;

/** Everything that buyers and banks do, and how many of a hundred orders do it. */
const kinds = {
  pays: { share: 38, method: 'pix', bank: {} },
  pays_by_card: { share: 8, method: 'card', cardNumber: '4000000000000010', bank: {} },
  card_refused: { share: 4, method: 'card', cardNumber: '4000000000000028', bank: {} },
  card_slow: { share: 4, method: 'card', cardNumber: '4000000000000036', bank: {} },
  card_slow_refused: { share: 3, method: 'card', cardNumber: '4000000000000044', bank: {} },
  never_pays: { share: 5, method: 'pix', bank: never },
  pays_too_little: { share: 4, method: 'pix', bank: { pays: 'under' } },
  pays_too_much: { share: 4, method: 'pix', bank: { pays: 'over' } },
  pays_twice: { share: 4, method: 'pix', bank: { pays: 'twice' } },
  pays_again: { share: 3, method: 'pix', bank: {}, later: 'pays_again' },
  pays_late: { share: 4, method: 'pix', bank: { pays: 'late' } },
  pays_after_the_end: { share: 4, method: 'pix', bank: { pays: 'late' } },
  cancels: { share: 3, method: 'pix', bank: never, later: 'cancels' },
  cancels_and_pays: { share: 5, method: 'pix', bank: never, later: 'cancels_and_pays' },
  refunds_all: { share: 6, method: 'pix', bank: {}, later: 'refunds_all' },
  refunds_one: {
    share: 4,
    method: 'card',
    cardNumber: '4000000000000010',
    bank: {},
    later: 'refunds_one',
  },
} as const satisfies Record<string, Omit<Plan, 'kind'> & { readonly share: number }>;

export interface PlansWanted {
  readonly orders: number;
  readonly payMs: number;
  /** What is done so many times as often. */
  readonly emphasis?: Partial<Readonly<Record<PlanKind, number>>>;
}

/** After the end of a hold whose payment had so long: its place is somebody else's by then. */
export function afterTheEndMs(payMs: number): number {
  return 2 * payMs + 3_000;
}

/**
 * As many plans as there are orders, in an order that the dice decide. Those that take longest to
 * show how they end come early, so that nobody waits for them alone.
 */
export function plansFor({ orders, payMs, emphasis = {} }: PlansWanted, random: Random): Plan[] {
  const all = Object.keys(kinds) as PlanKind[];
  const shareOf = (kind: PlanKind) => kinds[kind].share * (emphasis[kind] ?? 1);
  const total = all.reduce((sum, kind) => sum + shareOf(kind), 0);
  const plans = all.flatMap((kind) => {
    const count = Math.max(1, Math.round((orders * shareOf(kind)) / total));
    return Array.from({ length: count }, () => planOf(kind, payMs));
  });
  const shuffled = plans.map((plan) => ({ plan, at: random.fraction() * placeOf(plan) }));
  return shuffled.sort((a, b) => a.at - b.at).map(({ plan }) => plan);
}

function planOf(kind: PlanKind, payMs: number): Plan {
  const { share: _share, ...plan }: Omit<Plan, 'kind'> & { readonly share: number } = kinds[kind];
  if (kind !== 'pays_after_the_end') return { kind, ...plan };
  // The code ends at `payMs`, and the money comes so long after that.
  return { kind, ...plan, bank: { pays: 'late', payAfterMs: afterTheEndMs(payMs) - payMs } };
}

const slow: ReadonlySet<PlanKind> = new Set(['pays_late', 'pays_after_the_end', 'never_pays']);

function placeOf({ kind }: Plan): number {
  return slow.has(kind) ? 0.5 : 1;
}
