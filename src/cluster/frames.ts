import { type EventId, type NodeId, pack, unpack } from '@ingressou/protocol';
import type { Command } from '../domain/commands.ts';
import type { Fact } from '../domain/facts.ts';
import type { Question } from '../domain/questions.ts';
import type { ShowView } from '../domain/view.ts';
import type { Answer, Committed, Refused, Reply } from '../ports/commands.ts';
import type { Standing } from '../ports/feeds.ts';

/**
 * What nodes tell each other, as bytes and back. A frame is an array: its version, then what it
 * holds, flat, because an array or a map per letter would cost more than the rest of it. Nodes
 * trust each other; a frame that is not one of these is refused whole.
 */
const frameVersion = 1;

/** Bytes of a frame of letters or answers, above which it is sent as several. */
export const frameBytesMax = 256 * 1024;

/** Somebody speaks another version, or nonsense. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
  constructor(why: string) {
    super(`A frame of the bus is refused: ${why}.`);
  }
}

/** A wish or a question on its way, and the number that its answer carries. */
export interface NumberedLetter {
  readonly number: number;
  readonly event: EventId;
  readonly body: Command | Question;
}

/** Any answer to a letter. */
export type Answered = Answer | Reply<Question> | Refused;

export interface NumberedAnswer {
  readonly number: number;
  readonly answer: Answered;
}

export interface CommandFrame {
  /** Who asks, and hears the answers. */
  readonly asker: NodeId;
  readonly letters: readonly NumberedLetter[];
}

export interface AnswerFrame {
  readonly from: NodeId;
  readonly answers: readonly NumberedAnswer[];
}

/** A show is served by this node from now on, and this is how far it has come. */
export interface Announcement extends Standing {
  readonly node: NodeId;
}

export function packCommands(asker: NodeId, letters: readonly NumberedLetter[]): Uint8Array {
  const frame: unknown[] = [frameVersion, asker];
  let before: EventId | undefined;
  for (const { number, event, body } of letters) {
    // Most letters of a frame are for the same show as the one before.
    frame.push(number, event === before ? null : event, body);
    before = event;
  }
  return pack(frame);
}

/** @throws {FrameError} */
export function unpackCommands(bytes: Uint8Array): CommandFrame {
  const words = wordsOf(bytes);
  const [, asker] = words;
  check(typeof asker === 'string' && words.length % 3 === 2, 'it is no frame of commands');
  const letters: NumberedLetter[] = [];
  let event: unknown;
  for (let at = 2; at < words.length; at += 3) {
    const number = words[at];
    event = words[at + 1] ?? event;
    const body = words[at + 2];
    check(typeof number === 'number' && typeof event === 'string', 'a letter has no address');
    check(typeof body === 'object' && body !== null, 'a letter is empty');
    letters.push({ number, event, body } as NumberedLetter);
  }
  return { asker: asker as NodeId, letters };
}

export function packAnswers(from: NodeId, answers: readonly NumberedAnswer[]): Uint8Array {
  const frame: unknown[] = [frameVersion, from];
  for (const { number, answer } of answers) frame.push(number, plainAnswer(answer));
  return pack(frame);
}

/** @throws {FrameError} */
export function unpackAnswers(bytes: Uint8Array): AnswerFrame {
  const words = wordsOf(bytes);
  const [, from] = words;
  check(typeof from === 'string' && words.length % 2 === 0, 'it is no frame of answers');
  const answers: NumberedAnswer[] = [];
  for (let at = 2; at < words.length; at += 2) {
    answers.push({ number: words[at] as number, answer: answerOf(words[at + 1]) });
  }
  return { from: from as NodeId, answers };
}

export function packFacts({ generation, from, to, at, packed }: Committed): Uint8Array {
  return pack([frameVersion, generation, from, to, at, packed]);
}

/** @throws {FrameError} */
export function unpackFacts(event: EventId, bytes: Uint8Array): Committed {
  const [, generation, from, to, at, packed] = wordsOf(bytes) as FactWords;
  check(packed instanceof Uint8Array, 'it is no frame of facts');
  const facts = readBytes(packed) as readonly Fact[];
  check(Array.isArray(facts) && facts.length === to - from, 'its facts do not add up');
  return { event, generation, from, to, at, facts, packed };
}

export function packAnnouncement(announcement: Announcement): Uint8Array {
  const { event, node, generation, position } = announcement;
  return pack([frameVersion, event, node, generation, position]);
}

/** @throws {FrameError} */
export function unpackAnnouncement(bytes: Uint8Array): Announcement {
  const [, event, node, generation, position] = wordsOf(bytes);
  check(typeof event === 'string' && typeof node === 'string', 'it announces nobody');
  return { event, node, generation, position } as Announcement;
}

export function packStandings(standings: readonly Standing[]): Uint8Array {
  const frame: unknown[] = [frameVersion];
  for (const { event, generation, position } of standings) frame.push(event, generation, position);
  return pack(frame);
}

/** @throws {FrameError} */
export function unpackStandings(bytes: Uint8Array): readonly Standing[] {
  const words = wordsOf(bytes);
  check(words.length % 3 === 1, 'it is no frame of standings');
  const standings: Standing[] = [];
  for (let at = 1; at < words.length; at += 3) {
    const [event, generation, position] = words.slice(at, at + 3);
    standings.push({ event, generation, position } as Standing);
  }
  return standings;
}

type FactWords = [version: number, ...places: [number, number, number, number], Uint8Array];

/** The words of a frame, the version first. */
function wordsOf(bytes: Uint8Array): unknown[] {
  const frame = readBytes(bytes);
  check(Array.isArray(frame), 'it is no array');
  const [version] = frame;
  check(version === frameVersion, `its version is ${String(version)}, ours is ${frameVersion}`);
  return frame;
}

function readBytes(bytes: Uint8Array): unknown {
  try {
    return unpack(bytes);
  } catch {
    // What the reader stumbles over does not matter: nobody of ours wrote it.
    throw new FrameError('it cannot be read');
  }
}

function check(condition: boolean, why: string): asserts condition {
  if (!condition) throw new FrameError(why);
}

/** Nearly all answers are a yes to a hold: the time it expires at says it all. */
function plainAnswer(answer: Answered): unknown {
  if (!answer.accepted) return answer;
  if (!('value' in answer)) return answer.told === undefined ? (answer.expiresAt ?? true) : answer;
  const { value } = answer;
  if (value === null || !('lots' in value)) return answer;
  return { ...answer, value: { ...value, lots: [...value.lots.values()] } };
}

function answerOf(word: unknown): Answered {
  if (word === true) return { accepted: true };
  if (typeof word === 'number') return { accepted: true, expiresAt: word };
  check(typeof word === 'object' && word !== null && 'accepted' in word, 'it holds no answer');
  const answer = word as Answered;
  if (!answer.accepted || !('value' in answer)) return answer;
  if (answer.value === null || !('lots' in answer.value)) return answer;
  return { ...answer, value: viewOf(answer.value) };
}

/** `lots` is a list in a frame. */
function viewOf(view: ShowView): ShowView {
  const lots = view.lots as unknown as readonly LotOf<ShowView>[];
  return { ...view, lots: new Map(lots.map((lot) => [lot.id, lot])) };
}

type LotOf<View> = View extends { readonly lots: Map<string, infer Lot> } ? Lot : never;
