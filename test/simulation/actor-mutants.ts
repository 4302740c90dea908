import type { Mutant } from './mutant.ts';

/** Getting the actor and its directory wrong: the gate, time, sleep, moves. */
export const actorMutants: readonly Mutant[] = [
  {
    name: 'answers before the row is durable',
    edits: [
      {
        file: 'actors/event-actor.js',
        find: 'await durable;',
        replace: `turn.decisions.forEach((decision, index) => {
                    if (decision !== undefined) turn.letters[index].answer(decision);
                });
                await durable;`,
      },
    ],
  },
  {
    name: 'refuses at once, from what is not durable yet',
    edits: [
      {
        file: 'actors/event-actor.js',
        find: `import { commit } from './commit.js';`,
        replace: `import { commit } from './commit.js';
import { decide } from '../domain/decide.js';`,
      },
      {
        file: 'actors/event-actor.js',
        find: `this.#mailbox.push(letter);
        this.#wake();`,
        replace: `if (isWish(letter)) {
            const decision = decide(this.#state, letter.command, this.#options.clock.now());
            if (!decision.accepted) return letter.answer(decision);
        }
        this.#mailbox.push(letter);
        this.#wake();`,
      },
    ],
  },
  {
    name: 'broadcasts before the row is durable',
    edits: [
      {
        file: 'actors/event-actor.js',
        find: 'await durable;',
        replace: `if (turn.facts.length > 0) {
                    const { event, onCommitted } = this.#options;
                    const from = this.#last.position;
                    const to = from + turn.facts.length;
                    const { at, facts } = turn;
                    const packed = pack(facts);
                    onCommitted({ event, generation: this.#generation, from, to, at, facts, packed });
                }
                await durable;`,
      },
      {
        file: 'actors/event-actor.js',
        find: 'this.#show({ event, generation, from, to: position, at, facts, packed });',
        replace: '',
      },
    ],
  },
  {
    name: 'saves a snapshot of a turn that is not durable',
    edits: [
      {
        file: 'actors/event-actor.js',
        find: 'turn = this.#hasWork() ? this.#take() : undefined;',
        replace: `turn = this.#hasWork() ? this.#take() : undefined;
                    if (this.#last.position > this.#savedPosition) void this.#save();`,
      },
    ],
  },
  {
    name: 'says busy when the outcome is not known',
    edits: [
      {
        file: 'actors/directory.js',
        find: 'sendOn(stopped.inHand, outcomeUnknown);',
        replace: 'sendOn(stopped.inHand, busy);',
      },
    ],
  },
  {
    name: 'does not say who owns an epoch',
    edits: [
      {
        file: 'actors/event-actor.js',
        find: `this.#opening = [{ type: 'owned', owner: options.owner, epoch, generation }];`,
        replace: 'this.#opening = [];',
      },
    ],
  },
  {
    name: 'ends holds only when the next letter comes',
    edits: [
      {
        file: 'actors/event-actor.js',
        find: 'this.#alarm.set(nextDeadline(this.#state)?.at);',
        replace: '',
      },
    ],
  },
  {
    name: 'lets time run backwards when the clock does',
    edits: [
      {
        file: 'actors/event-actor.js',
        find: 'Math.max(this.#options.clock.now(), this.#last.at)',
        replace: 'this.#options.clock.now()',
      },
    ],
  },
  {
    name: 'wakes no show whose time has come',
    edits: [
      {
        file: 'actors/directory.js',
        find: 'await journal.due(tenure.node, clock.now(), wakesMax)',
        replace: '[]',
      },
    ],
  },
  {
    name: 'does not write down when a show must be awake',
    edits: [
      {
        file: 'actors/event-actor.js',
        find: 'const wakeAt = nextDeadline(this.#state)?.at ?? null;',
        replace: 'const wakeAt = null;',
      },
    ],
  },
  {
    name: 'forgets letters that come while a show falls asleep',
    edits: [
      {
        file: 'actors/directory.js',
        find: `if (entry.waiting.length > 0)
            return await this.#wake(entry);`,
        replace: '',
      },
    ],
  },
  {
    name: 'forgets a letter that comes while a turn is told',
    edits: [
      {
        file: 'actors/event-actor.js',
        find: `if (this.#mailbox.length > 0)
            this.#wake();`,
        replace: '',
      },
    ],
  },
  {
    name: 'replies with the state of the next turn',
    edits: [
      {
        file: 'actors/event-actor.js',
        find: `import { commit } from './commit.js';`,
        replace: `import { commit } from './commit.js';
import { reply } from '../domain/questions.js';`,
      },
      {
        file: 'actors/event-actor.js',
        find: 'for (const { inquiry, value } of replies) {',
        replace: `for (const { inquiry } of replies) {
            const value = reply(this.#state, inquiry.question, at);`,
      },
    ],
  },
  {
    name: 'shows a sleeping show as it was long ago',
    edits: [
      {
        file: 'actors/peeks.js',
        find: 'const peekMs = 1_000;',
        replace: 'const peekMs = 1e9;',
      },
    ],
  },
  {
    name: 'answers without looking at the lease',
    troubles: ['isolations'],
    edits: [
      {
        file: 'actors/event-actor.js',
        find: 'if (!tenure.isHeld(term))',
        replace: 'if (false)',
      },
    ],
  },
  {
    name: 'looks at the lease before the commit only',
    troubles: ['freezes'],
    edits: [
      {
        file: 'actors/event-actor.js',
        find: `await durable;
                this.#checkLease();`,
        replace: 'await durable;',
      },
    ],
  },
  {
    name: 'forgets letters that come while a show is given away',
    troubles: ['pins'],
    edits: [
      {
        file: 'actors/directory.js',
        find: 'sendOn(entry.waiting, busy, to);',
        replace: '',
      },
    ],
  },
];
