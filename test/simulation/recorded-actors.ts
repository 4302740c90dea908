import type { EventId, NodeId } from '@ingressou/protocol';
import type { Command } from '../../src/domain/commands.ts';
import type { Question } from '../../src/domain/questions.ts';
import type { Actors } from '../../src/ports/actors.ts';
import type { Answer, Refused, Reply } from '../../src/ports/commands.ts';
import type { Arrival } from './history.ts';
import type { Host } from './host.ts';
import type { World } from './world.ts';

export interface RecordedActorsOptions {
  readonly world: World;
  readonly host: Host;
  readonly node: NodeId;
  readonly process: string;
}

/** The shows of one process, with every command that reaches them and every answer written down. */
export class RecordedActors implements Actors {
  readonly #options: RecordedActorsOptions;
  readonly #actors: Actors;

  constructor(options: RecordedActorsOptions, actors: Actors) {
    this.#options = options;
    this.#actors = actors;
  }

  async submit(event: EventId, command: Command): Promise<Answer> {
    const { world, host, node, process } = this.#options;
    const { history, scheduler } = world;
    const entered = { enteredOrder: history.tick(), enteredTime: scheduler.now };
    const arrival: Arrival = { process, node, event, command, ...entered, answer: undefined };
    history.arrivals.push(arrival);
    const value = await this.#actors.submit(event, command);
    if (!host.isDead) arrival.answer = { value, order: history.tick(), time: scheduler.now };
    return value;
  }

  async ask<Q extends Question>(event: EventId, question: Q): Promise<Reply<Q> | Refused> {
    const { world, host, node, process } = this.#options;
    const { history, scheduler } = world;
    // A show that is not here is read from the journal, and nobody speaks for it.
    const isHere = this.#actors.has(event);
    const reply = await this.#actors.ask(event, question);
    if (isHere && reply.accepted && !host.isDead) {
      history.words.push({ process, node, event, order: history.tick(), time: scheduler.now });
    }
    return reply;
  }

  has(event: EventId): boolean {
    return this.#actors.has(event);
  }

  served(): readonly EventId[] {
    return this.#actors.served();
  }

  wake(event: EventId): Promise<boolean> {
    return this.#actors.wake(event);
  }

  release(event: EventId, to: NodeId): Promise<void> {
    return this.#actors.release(event, to);
  }
}
