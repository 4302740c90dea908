import { isRecord } from '../json-fields.ts';
import { fractionOf, type RandomBytes } from './chance.ts';

export type Operation =
  | 'create'
  | 'read'
  | 'list'
  | 'capture'
  | 'refund'
  | 'token'
  | 'challenge'
  | 'hooks';

/** What goes wrong with an answer of the API. */
export interface Fault {
  /** Undefined: every operation. */
  readonly operation?: Operation | undefined;
  /** Only calls about the order with this code of ours. */
  readonly code?: string | undefined;
  /** How often it happens; undefined: until faults are cleared. */
  readonly times?: number | undefined;
  /** Of the calls it fits, how many it meets; undefined: all. */
  readonly share?: number | undefined;
  /** The answer comes that much later. */
  readonly delayMs?: number | undefined;
  /**
   * `error`: 500. `busy`: 429. `garbage`: 200 with something that is no JSON. `silence`: no answer
   * ever. `reset`: the connection breaks.
   */
  readonly answer?: 'error' | 'busy' | 'garbage' | 'silence' | 'reset' | undefined;
  /** Whether the call takes effect nevertheless; undefined: not with `error` and `busy`. */
  readonly acts?: boolean | undefined;
}

/** How an order goes on after it was made. */
export interface Behaviour {
  /** `late`: after the code expired. `twice`: and once more. Undefined: as it should. */
  readonly pays?: 'under' | 'over' | 'twice' | 'late' | 'never' | undefined;
  /** Money comes so long after the order, or, `late`, after its end. */
  readonly payAfterMs?: number | undefined;
  /** The buyer disputes it so long after it was paid. */
  readonly chargebackAfterMs?: number | undefined;
  readonly refunds?: 'fail' | undefined;
  /** Webhooks are said to be sent, and are not. */
  readonly dropsHooks?: boolean | undefined;
  readonly hookCopies?: number | undefined;
  /** Webhooks come so much later. */
  readonly hooksLateMs?: number | undefined;
  /** Webhooks come in any order, within this time. */
  readonly shuffleMs?: number | undefined;
}

/** A behaviour of orders to come. */
export interface Habit extends Behaviour, Pick<Fault, 'code' | 'times' | 'share'> {}

const orderedMax = 1_000;

/** What was ordered to go wrong, the oldest first. */
export class FaultDesk {
  readonly #random: RandomBytes;
  #faults: Fault[] = [];
  #habits: Habit[] = [];

  constructor(random: RandomBytes) {
    this.#random = random;
  }

  get faults(): readonly Fault[] {
    return this.#faults;
  }

  get habits(): readonly Habit[] {
    return this.#habits;
  }

  orderFault(fault: Fault): void {
    this.#faults = [...this.#faults, fault].slice(-orderedMax);
  }

  orderHabit(habit: Habit): void {
    this.#habits = [...this.#habits, habit].slice(-orderedMax);
  }

  clear(): void {
    this.#faults = [];
    this.#habits = [];
  }

  /** The first fault that meets this call; it is used up. */
  meet(operation: Operation, code: string | undefined): Fault | undefined {
    const fits = (fault: Fault) => (fault.operation ?? operation) === operation;
    const { met, left } = this.#draw(this.#faults, code, fits);
    this.#faults = left;
    return met;
  }

  /** How a new order will behave. Its own metadata say it first. */
  behaviourOf(code: string, metadata: Readonly<Record<string, unknown>>): Behaviour {
    const { met = {}, left } = this.#draw(this.#habits, code, () => true);
    this.#habits = left;
    return { ...met, ...simOf(metadata) };
  }

  #draw<T extends Pick<Fault, 'code' | 'times' | 'share'>>(
    ordered: readonly T[],
    code: string | undefined,
    fits: (each: T) => boolean,
  ): { met?: T; left: T[] } {
    const met = ordered.find(
      (each) =>
        fits(each) &&
        (each.code ?? code) === code &&
        (each.share === undefined || fractionOf(this.#random) < each.share),
    );
    if (met === undefined) return { left: [...ordered] };
    const left = ordered.flatMap((each) => (each === met ? usedUp(each) : [each]));
    return { met, left };
  }
}

function usedUp<T extends Pick<Fault, 'times'>>(ordered: T): T[] {
  if (ordered.times === undefined) return [ordered];
  return ordered.times > 1 ? [{ ...ordered, times: ordered.times - 1 }] : [];
}

/** What the metadata of an order say in `sim`, an object or its JSON. */
function simOf({ sim }: Readonly<Record<string, unknown>>): Behaviour & Fault {
  if (isRecord(sim)) return sim as Behaviour;
  if (typeof sim !== 'string') return {};
  try {
    const read: unknown = JSON.parse(sim);
    return isRecord(read) ? (read as Behaviour) : {};
  } catch {
    // Somebody else's metadata: they order nothing.
    return {};
  }
}

/** The fault that an order asks for itself, when it is made. */
export function faultIn(metadata: unknown): Fault | undefined {
  if (!isRecord(metadata)) return undefined;
  const { answer, delayMs, acts } = simOf(metadata);
  return answer === undefined && delayMs === undefined ? undefined : { answer, delayMs, acts };
}
