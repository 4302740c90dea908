import { type EventId, rejections } from '@ingressou/protocol';
import type { Command } from '../../src/domain/commands.ts';
import type { Question } from '../../src/domain/questions.ts';
import type { Answer } from '../../src/ports/commands.ts';
import type { Fleet } from './fleet.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** How often somebody leaves without knowing, or asks once more for a sale that is not open. */
const walkAwayChance = 0.25;
const notOpenTriesMax = 3;

/**
 * Somebody who wants an answer: sends the same command with the same id until there is one that
 * decides it. What others may learn of it stands in the history, not here.
 */
export class Caller {
  readonly name: string;
  readonly random: Random;
  readonly #world: World;
  readonly #fleet: Door;

  /** Each try goes through `fleet` to whichever process is there then. */
  constructor(world: World, fleet: Door, name: string) {
    this.name = name;
    this.random = world.random.fork(name);
    this.#world = world;
    this.#fleet = fleet;
  }

  /** The answer that decided it, or the last one before the caller walked away. */
  call(event: EventId, command: Command): Promise<Answer> {
    return this.#ask(event, command, walkAwayChance);
  }

  /** The answer that decided it. */
  insist(event: EventId, command: Command): Promise<Answer> {
    return this.#ask(event, command, 0);
  }

  /** The same in so many milliseconds, calm or not. */
  async insistIn(ms: number, event: EventId, command: Command): Promise<void> {
    const { history, scheduler } = this.#world;
    history.callsUntil = Math.max(history.callsUntil, scheduler.now + ms);
    await this.#world.sleep(ms);
    await this.insist(event, command);
  }

  async #ask(event: EventId, command: Command, walkAwayChance: number): Promise<Answer> {
    const { history, trace, scheduler } = this.#world;
    const what = `${trace.nameOf(event)}, ${told(command, (id) => trace.nameOf(id))}`;
    const wish = `${this.name}'s wish for ${what}`;
    history.callers.set(wish, scheduler.now);
    trace.note(this.name, what);
    const answer = await this.#repeat(event, command, walkAwayChance);
    history.callers.delete(wish);
    return answer;
  }

  /** A question is asked once: whoever watches asks again anyway. */
  ask(event: EventId, question: Question): void {
    const { history, scheduler } = this.#world;
    const [sentOrder, sentTime] = [history.tick(), scheduler.now];
    this.#world.carry(() => {
      this.#fleet.reached()?.ask({ event, question, sentOrder, sentTime });
    });
  }

  async #repeat(event: EventId, command: Command, walkAwayChance: number): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#try(event, command);
      const isHeard = answer !== undefined;
      if (isHeard && this.#isContent(answer, tries, walkAwayChance)) return answer;
      await this.#world.sleep(this.random.between(10, 300));
    }
  }

  #isContent(answer: Answer, tries: number, walkAwayChance: number): boolean {
    if (answer.accepted) return true;
    const { reason } = answer.rejection;
    if (!rejections[reason].retryable) return true;
    if (reason === 'sale_not_open') return tries >= notOpenTriesMax;
    return this.random.chance(walkAwayChance);
  }

  /** Undefined when no answer came in time; one that comes later is not heard. */
  #try(event: EventId, command: Command): Promise<Answer | undefined> {
    const world = this.#world;
    const sentOrder = world.history.tick();
    return new Promise((resolve) => {
      world.scheduler.after(this.random.between(200, 1_500), () => resolve(undefined));
      world.carry(() => {
        const delivery = { caller: this.name, event, command, sentOrder };
        this.#fleet.reached()?.submit(delivery, (answer) => world.carry(() => resolve(answer)));
      });
    });
  }
}

/** The way in: a process that takes what comes, if there is one now. */
export type Door = Pick<Fleet, 'reached'>;

/** A command in a few words. */
export function told(command: Command, nameOf: (id: string) => string): string {
  const id = 'id' in command ? ` ${nameOf(command.id)}` : '';
  const hold = 'hold' in command ? ` of hold ${nameOf(command.hold)}` : '';
  const order = 'order' in command ? ` of order ${nameOf(command.order)}` : '';
  const charge = 'charge' in command ? ` ${command.charge}` : '';
  const cents = 'amountCents' in command ? ` ${command.amountCents} cents` : '';
  const refund = 'refund' in command ? ` ${nameOf(command.refund)}` : '';
  const items = 'items' in command ? command.items : [];
  const goods = items.map(({ lot, quantity }) => ` ${quantity}×${nameOf(lot)}`).join('');
  return `${command.type}${id}${charge}${refund}${cents}${hold}${order}${goods}`;
}
