import type { SubjectId } from '@ingressou/protocol';
import type { OrderDetailsStore } from '../../src/ports/order-details.ts';
import { erasePerson, type PersonalPlaces, personOf } from './person.ts';
import { type Erasure, needOf, reportOf } from './report.ts';

/** What is asked of the tool. */
export interface Wish {
  /** Buyers, or the mail address of some. */
  readonly who: readonly SubjectId[] | string;
  readonly isSure: boolean;
  /** Also whoever's details are still needed. */
  readonly isLiving: boolean;
  readonly isJson: boolean;
}

export interface Places extends PersonalPlaces {
  readonly details: Pick<OrderDetailsStore, 'toldBy' | 'erase' | 'usersOf'>;
  readonly now: () => number;
}

interface Voice {
  log(line: string): void;
  error(line: string): void;
}

/**
 * Says what there is of some buyers and, if that is wished, erases it: of all of them or, when
 * something stands against one, of none. False when it should have and has not. It never says who
 * they are.
 */
export async function grant(places: Places, wish: Wish, voice: Voice): Promise<boolean> {
  const found = await buyersOf(places, wish.who);
  const people: Erasure[] = [];
  for (const subject of found.subjects) people.push(await personOf(places, subject, places.now()));
  const obstacles = [...found.obstacles, ...(wish.isLiving ? [] : needsOf(people))];
  const erased = wish.isSure && obstacles.length === 0;
  const outcome = { people: erased ? await eraseAll(places, people, voice) : people, obstacles };
  voice.log(wish.isJson ? JSON.stringify(outcome) : textOf(outcome, wish));
  return erased || !wish.isSure;
}

interface Outcome {
  readonly people: readonly Erasure[];
  /** Why nobody is erased, in sentences. */
  readonly obstacles: readonly string[];
}

/** Who shares a browser may have given an address that is somebody else's: an operator decides. */
async function buyersOf({ details }: Places, who: Wish['who']) {
  if (typeof who !== 'string') return { subjects: who, obstacles: [] };
  const users = await details.usersOf(who);
  const shared = users.filter(({ otherOrders }) => otherOrders > 0);
  const obstacles = shared.map(({ subject, orders, otherOrders }) => {
    const counts = `${orders} of their orders are under this address and ${otherOrders} under others`;
    return `buyer ${subject}: ${counts}. If all are of one person, name them with --buyer.`;
  });
  return { subjects: users.map(({ subject }) => subject), obstacles };
}

function needsOf(people: readonly Erasure[]): readonly string[] {
  return people.flatMap(({ subject, named, records }) => {
    const need = needOf(records.needs);
    // Whoever is erased already is kept by nothing.
    if (need === undefined || named.details === 0) return [];
    return [`buyer ${subject}: ${need}. Wait until that is over, or say --living.`];
  });
}

async function eraseAll(
  places: Places,
  people: readonly Erasure[],
  voice: Voice,
): Promise<readonly Erasure[]> {
  const done: Erasure[] = [];
  for (const person of people) {
    const { subject } = person;
    // Once the details are gone, no address leads here any more.
    voice.error(
      `Erasing buyer ${subject}. If this stops: npm run erase -- --buyer ${subject} --yes`,
    );
    done.push({ ...person, erased: await erasePerson(places, subject) });
  }
  return done;
}

function textOf({ people, obstacles }: Outcome, { isSure }: Wish): string {
  if (people.length === 0) return 'Nobody gave this address: there is nothing to erase.';
  const end =
    obstacles.length > 0
      ? `Nothing was erased.\n${obstacles.join('\n')}`
      : isSure
        ? 'Erased. Doing it again is safe; keep the ids for after a restore.'
        : 'Nothing was erased: say --yes.';
  return [...people.map(reportOf), end].join('\n\n');
}
