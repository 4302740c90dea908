import type { NodeId } from '@ingressou/protocol';
import type { Bus, Listening } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Commands } from '../ports/commands.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import {
  type CommandFrame,
  FrameError,
  frameBytesMax,
  type NumberedAnswer,
  packAnswers,
  unpackCommands,
} from './frames.ts';
import { busy, handTo, isUnderstood } from './letters.ts';
import { subjects } from './subjects.ts';

export interface RemoteCommandsOptions {
  /** The shows of this node. */
  readonly actors: Commands;
  readonly node: NodeId;
  readonly bus: Bus;
  readonly prefix: string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** Answers of one frame: packing and unpacking them takes about a millisecond. */
const frameAnswersMax = 2_000;
const receipt = new Uint8Array();

/**
 * What other nodes ask of the shows that live here. The receipt leaves at once, so that a frozen
 * node is told from a slow disk; the answers that are ready in one pass leave as one frame.
 */
export class RemoteCommands {
  readonly #options: RemoteCommandsOptions;
  readonly #outboxes = new Map<NodeId, NumberedAnswer[]>();
  #listening: Listening | undefined;

  constructor(options: RemoteCommandsOptions) {
    this.#options = options;
  }

  start(): void {
    const { bus, prefix, node } = this.#options;
    this.#listening = bus.listen(subjects(prefix).commands(node), (bytes, respond) => {
      const frame = this.#read(bytes);
      // Without a receipt the asker tries elsewhere: we could do nothing with its letters.
      if (frame === undefined) return;
      respond(receipt);
      this.#serve(frame);
    });
  }

  /** Takes nothing more, and sends the answers that there are. */
  close(): void {
    this.#listening?.end();
    this.#flush();
  }

  #read(bytes: Uint8Array): CommandFrame | undefined {
    try {
      return unpackCommands(bytes);
    } catch (cause) {
      if (!(cause instanceof FrameError)) throw cause;
      // A node of another version, or somebody who should not be on this bus.
      this.#options.telemetry.failed('read a frame of commands', cause);
      return undefined;
    }
  }

  #serve({ asker, letters }: CommandFrame): void {
    const { actors, telemetry } = this.#options;
    const strange = new Set<unknown>();
    for (const letter of letters) {
      const { number, body } = letter;
      if (isUnderstood(body)) {
        void handTo(actors, letter).then((answer) => this.#gather(asker, { number, answer }));
      } else {
        // Nothing was attempted: it is tried again until the show lives on a node that knows it.
        this.#gather(asker, { number, answer: { accepted: false, rejection: busy } });
        strange.add(body.type);
      }
    }
    if (strange.size > 0) telemetry.failed('understand a node, update this one', [...strange]);
  }

  #gather(asker: NodeId, answer: NumberedAnswer): void {
    const outbox = this.#outboxes.get(asker);
    if (outbox !== undefined) {
      outbox.push(answer);
      return;
    }
    if (this.#outboxes.size === 0) this.#options.clock.soon(() => this.#flush());
    this.#outboxes.set(asker, [answer]);
  }

  #flush(): void {
    for (const [asker, answers] of this.#outboxes) {
      for (let from = 0; from < answers.length; from += frameAnswersMax) {
        this.#send(asker, answers.slice(from, from + frameAnswersMax));
      }
    }
    this.#outboxes.clear();
  }

  #send(asker: NodeId, answers: readonly NumberedAnswer[]): void {
    const { bus, prefix, node } = this.#options;
    const bytes = packAnswers(node, answers);
    if (bytes.length <= frameBytesMax || answers.length === 1) {
      bus.publish(subjects(prefix).answers(asker), bytes);
      return;
    }
    const half = Math.ceil(answers.length / 2);
    this.#send(asker, answers.slice(0, half));
    this.#send(asker, answers.slice(half));
  }
}
