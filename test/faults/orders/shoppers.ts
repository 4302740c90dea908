import { setTimeout as pause } from 'node:timers/promises';
import { ConnectionEndedError, RequestError } from '@ingressou/client-sdk';
import type { Random } from '../../simulation/random.ts';
import type { Told } from '../history.ts';
import type { SaleShow } from '../shows.ts';
import type { Plan } from './plans.ts';
import { type Bought, Shopper, type ShopperOptions } from './shopper.ts';

export interface ShoppersOptions
  extends Pick<ShopperOptions, 'url' | 'provider' | 'habit' | 'random'> {
  readonly shows: readonly SaleShow[];
  readonly plans: readonly Plan[];
  /** Orders a second, whatever becomes of those before. */
  readonly perSecond: number;
  readonly newToken: () => Promise<Pick<ShopperOptions, 'token' | 'subject'>>;
}

/** Telling details too often is too fast. */
const plansEach = 6;

/** People who come one after the other, each with a plan for an order. */
export class Shoppers {
  readonly told: Told[] = [];
  readonly bought: Bought[] = [];
  /** Why somebody could not do what they had planned. */
  readonly troubles: string[] = [];
  readonly #options: ShoppersOptions;
  readonly #people: Shopper[] = [];
  readonly #random: Random;
  /** Plans that nobody has begun. */
  #left: number;

  private constructor(options: ShoppersOptions) {
    this.#options = options;
    this.#random = options.random.fork('shoppers');
    this.#left = options.plans.length;
  }

  static async gather(options: ShoppersOptions): Promise<Shoppers> {
    const shoppers = new Shoppers(options);
    const count = Math.ceil(options.plans.length / plansEach);
    for (let index = 0; index < count; index += 1) await shoppers.#add(index);
    return shoppers;
  }

  get areAllLive(): boolean {
    return this.#people.every(({ isLive }) => isLive);
  }

  get people(): readonly Shopper[] {
    return this.#people;
  }

  /**
   * So many of those who are left come, in their time, or all. Resolves when these have done what
   * they planned.
   */
  async buy(count = this.#left): Promise<void> {
    const { plans, perSecond, shows } = this.#options;
    const begunAt = performance.now();
    const buying: Promise<void>[] = [];
    const from = plans.length - this.#left;
    const some = plans.slice(from, from + Math.ceil(count));
    this.#left -= some.length;
    for (const [index, plan] of some.entries()) {
      const at = begunAt + (index / perSecond) * 1000;
      await pause(Math.max(0, at - performance.now()));
      const shopper = this.#people[(from + index) % this.#people.length]!;
      buying.push(this.#follow(shopper, this.#random.pick(shows), plan));
    }
    await Promise.all(buying);
  }

  close(): void {
    for (const shopper of this.#people) shopper.close();
  }

  async #add(index: number): Promise<void> {
    const { url, provider, habit, random, newToken } = this.#options;
    this.#people.push(
      new Shopper({
        ...{ url, provider, habit },
        ...(await newToken()),
        random: random.fork(`shopper ${index}`),
        onTold: (told) => this.told.push(told),
        onBought: (bought) => this.bought.push(bought),
      }),
    );
  }

  async #follow(shopper: Shopper, show: SaleShow, plan: Plan): Promise<void> {
    try {
      await shopper.buy(show, plan);
    } catch (cause) {
      const isTold = cause instanceof RequestError || cause instanceof ConnectionEndedError;
      if (!isTold) throw cause;
      // A buyer who is told no goes away; what was acknowledged until then must hold.
      this.troubles.push(`${plan.kind}: ${cause.message}`);
    }
  }
}
