import type { Clock } from '@ingressou/client-sdk/clock';
import {
  type CommandId,
  type EventId,
  type GateCommand,
  limits,
  type RejectionReason,
  type ServerMessage,
  type TopUpMethod,
  uuid7,
} from '@ingressou/protocol';
import {
  isKnown,
  type OverrideReason,
  type ScanMode,
  topUpReasons,
  type Verdict,
  verdicts,
} from '@ingressou/protocol/admission';
import {
  decodeTicket,
  type KeyRing,
  type Verified,
  type Verify,
  verifyTicket,
} from '@ingressou/protocol/ticket';
import { signal } from '@preact/signals';
import type { GateKnowledge } from './gate/gate-knowledge.ts';
import { judgeAlone } from './gate/judge-alone.ts';
import { type Assurance, noAssurance, type Place } from './gate/place.ts';
import type { Metrics } from './metrics.ts';
import type { ScanDraft } from './store/log-rows.ts';
import { LogError, type ScanLog } from './store/scan-log.ts';

/** What is on the screen about one code. */
export type Shown =
  /** The server is asked and has not answered yet. */
  | { readonly kind: 'confirming' }
  | ShownVerdict
  /** It could not be written down: nobody may come in by it. */
  | { readonly kind: 'unwritten' }
  /** The show has shut this device out. */
  | { readonly kind: 'blocked' };

export interface ShownVerdict {
  readonly kind: 'verdict';
  readonly verdict: Verdict;
  /** This gate's own word, while the server's is awaited. */
  readonly isProvisional: boolean;
  /** This gate's own word was shown before. */
  readonly wasProvisional: boolean;
  /** And it was another one. */
  readonly isCorrection: boolean;
  /** The operator let them in against the verdict. */
  readonly override: OverrideReason | undefined;
  /** Why the server does not take the difference to full price. */
  readonly topUpRefusal?: RejectionReason;
  /** By the server's time. */
  readonly at: number;
}

/** How long the server may take before the gate says what it thinks itself. */
const patienceMs = 150;
/**
 * And before that is what counts: a link that lives may still not bring this answer. The server
 * knows the scan by its number, whatever it has answered by then.
 */
const answerMs = 2_000;

type ScanMessage = Extract<GateCommand, { readonly type: 'scan' }>;

export interface DeskOptions {
  readonly event: EventId;
  readonly gate: number;
  readonly clock: Clock;
  readonly verify: Verify;
  readonly log: ScanLog;
  readonly metrics: Metrics;
  readonly place: () => Place;
  readonly mode: () => ScanMode;
  readonly offsetMs: () => number | undefined;
  readonly ring: () => KeyRing;
  readonly knowledge: () => GateKnowledge | undefined;
  /** Undefined when the link was lost before the answer, or it did not come in this time. */
  readonly ask: (command: GateCommand, withinMs: number) => Promise<ServerMessage | undefined>;
  readonly onWritten: () => void;
  readonly isBlocked: () => boolean;
  /** Who comes with a code, if this device has a card that it opens. */
  readonly holderOf: (code: string) => Promise<string | undefined>;
}

/** A code as it is being judged. */
interface Matter {
  readonly code: string;
  readonly assurance: Assurance;
  readonly verified: Verified;
  /** What this gate thinks itself. */
  readonly own: Verdict;
  readonly at: number;
  readonly begunAt: number;
}

/** Where codes are judged, one after the other, and written down. */
export class Desk {
  readonly shown = signal<Shown | undefined>(undefined);
  /** Who comes with the code that is shown, as far as it is known. */
  readonly holder = signal<string | undefined>(undefined);
  /** The newest code that was typed while another was judged; its turn is when that one is gone. */
  readonly waiting = signal<string | undefined>(undefined);
  readonly #options: DeskOptions;
  #code: string | undefined;
  #ticket: ScanDraft['ticket'];
  #isBusy = false;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** A code came in. While another one is judged it is not looked at: the camera sees it again. */
  async read(seen: string): Promise<boolean> {
    if (!this.#isBusy) this.waiting.value = undefined;
    // The server shuts the line on a longer one, and nothing behind this changes its verdict.
    return await this.#judge(seen.slice(0, limits.codeLengthMax), noAssurance);
  }

  /** From a hand scanner, which says a code once: what comes too early is not lost. */
  async readTyped(code: string): Promise<void> {
    const isTaken = await this.read(code);
    if (!isTaken && code !== this.#code) this.waiting.value = code;
  }

  /** The same code again, with what the operator has seen or decided. */
  async assure(assurance: Assurance): Promise<void> {
    if (this.#code !== undefined) await this.#judge(this.#code, assurance);
  }

  /**
   * Half price becomes full price here and now. Without the server's word the scan itself says so,
   * and whoever counts the money finds it there. No other code is looked at in between: what was
   * paid is this one's.
   */
  async topUp(method: TopUpMethod): Promise<void> {
    const [code, serial] = [this.#code, this.#ticket?.serial];
    if (code === undefined || serial === undefined || this.#isBusy) return;
    this.#isBusy = true;
    const asked = this.shown.value;
    const confirming = this.#options.clock.after(patienceMs, () => {
      this.shown.value = { kind: 'confirming' };
    });
    const answer = await this.#askTopUp(serial, method).finally(() => {
      confirming.cancel();
      this.#isBusy = false;
    });
    const refusal = refusalIn(answer);
    if (refusal === undefined) {
      const isTold = answer?.type === 'accepted' || isFullAlready(answer);
      const override = isTold ? {} : { override: topUpReasons[method] };
      await this.#judge(code, { hasProof: true, ...override });
    } else this.#refuseTopUp(asked, refusal);
  }

  /** The operator has seen it; a code that waits is next. */
  async dismiss(): Promise<void> {
    if (this.#isBusy) return;
    const next = this.waiting.value;
    this.shown.value = undefined;
    this.holder.value = undefined;
    if (next !== undefined) await this.read(next);
  }

  async #judge(code: string, assurance: Assurance): Promise<boolean> {
    if (this.#isBusy) return false;
    if (this.#options.isBlocked()) {
      this.shown.value = { kind: 'blocked' };
      return true;
    }
    if (this.#seemsTurned(code)) {
      if ((await this.#verified(code)).isGenuine) return true;
      // Another one may have begun meanwhile.
      if (this.#isBusy) return false;
    }
    this.#isBusy = true;
    try {
      if (this.#code !== code) this.holder.value = undefined;
      this.#code = code;
      this.shown.value = undefined;
      const matter = await this.#matterOf(code, assurance);
      this.#ticket = ticketOf(matter.verified);
      if (this.#ticket !== undefined) void this.#nameHolder(code);
      if (this.#options.mode() === 'online') await this.#askServer(matter);
      else await this.#decideAlone(matter);
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      this.#measure(undefined, false);
      this.shown.value = { kind: 'unwritten' };
    } finally {
      this.#isBusy = false;
    }
    return true;
  }

  /**
   * The code of a ticket that has just gone through turns while its phone is still held up. On another
   * phone it would be of another revision, which is another matter.
   */
  #seemsTurned(code: string): boolean {
    if (code === this.#code || !isYes(this.shown.value)) return false;
    const read = decodeTicket(code);
    if (typeof read === 'string' || !read.ticket.isRotating) return false;
    const { serial, revision } = read.ticket;
    return serial === this.#ticket?.serial && revision === this.#ticket.revision;
  }

  #verified(code: string): Promise<Verified> {
    const { clock, ring, verify, offsetMs } = this.#options;
    return verifyTicket(code, ring(), verify, clock.now() + (offsetMs() ?? 0));
  }

  async #matterOf(code: string, assurance: Assurance): Promise<Matter> {
    const { clock, place, gate, knowledge, log } = this.#options;
    const begunAt = clock.monotonic();
    const at = clock.now();
    const now = at + (this.#options.offsetMs() ?? 0);
    const verified = await this.#verified(code);
    const { direction, offlineMode: mode } = place();
    const { hasProof } = assurance;
    const attempt = { direction, gate, now, hasProof, mode };
    const own = judgeAlone(verified, attempt, knowledge(), (serial) => log.lastOf(serial));
    return { code, assurance, verified, own, at, begunAt };
  }

  /** No verdict waits for it, and none depends on it. */
  async #nameHolder(code: string): Promise<void> {
    // A disk that cannot be read shows in the self-test; the scan goes on without a name.
    const name = await this.#options.holderOf(code).catch(() => undefined);
    if (this.#code === code) this.holder.value = name;
  }

  async #decideAlone(matter: Matter): Promise<void> {
    await this.#write(matter, this.#options.place().offlineMode, matter.own);
    this.#show(matter, matter.own);
    this.#measure(matter, false);
  }

  async #askServer(matter: Matter): Promise<void> {
    const { log, ask, clock } = this.#options;
    const seq = await log.begin(matter.at);
    const provisional = clock.after(patienceMs, () => this.#showProvisional(matter));
    const answer = await ask(this.#messageOf(matter, seq), answerMs);
    provisional.cancel();
    if (this.#options.isBlocked()) {
      this.shown.value = { kind: 'blocked' };
      return;
    }
    // Lost on the way, or a server that cannot say now: the number is used, and this gate's word
    // counts. The server knows the scan by its number if it has heard of it after all.
    if (answer?.type !== 'verdict') return await this.#decideAlone(matter);
    await this.#write(matter, 'online', answer);
    this.#show(matter, answer, answer.at);
    this.#measure(matter, true);
  }

  #messageOf({ code, assurance, at }: Matter, seq: number): ScanMessage {
    const { event, place } = this.#options;
    const { checkpoint, direction } = place();
    const { hasProof, override } = assurance;
    const id = this.#newId();
    const what = { type: 'scan', id, event, seq, checkpoint, direction, code, at } as const;
    return { ...what, ...(hasProof && { hasProof }), ...(override && { override }) };
  }

  async #askTopUp(serial: number, method: TopUpMethod): Promise<ServerMessage | undefined> {
    const { event, ask, mode } = this.#options;
    if (mode() !== 'online') return undefined;
    return await ask({ type: 'top_up', id: this.#newId(), event, serial, method }, answerMs);
  }

  #refuseTopUp(asked: Shown | undefined, topUpRefusal: RejectionReason): void {
    if (this.#options.isBlocked()) this.shown.value = { kind: 'blocked' };
    else if (asked?.kind === 'verdict') this.shown.value = { ...asked, topUpRefusal };
  }

  #newId(): CommandId {
    const now = this.#options.clock.now() + (this.#options.offsetMs() ?? 0);
    return uuid7<CommandId>(now, crypto.getRandomValues(new Uint8Array(16)));
  }

  /** Only what this gate would admit or refuse by itself; what it would leave open stays open. */
  #showProvisional(matter: Matter): void {
    const { verdict } = matter.own;
    if (verdict === 'package_expired') this.shown.value = { kind: 'confirming' };
    else this.#show(matter, matter.own, undefined, true);
  }

  async #write(matter: Matter, mode: ScanMode, { verdict }: Pick<Verdict, 'verdict'>) {
    const { log, place, gate, offsetMs, knowledge, onWritten } = this.#options;
    const { checkpoint, direction } = place();
    const { at, verified, assurance } = matter;
    const draft: ScanDraft = {
      at,
      offset: offsetMs(),
      ticket: ticketOf(verified),
      checkpoint,
      gate,
      direction,
      mode,
      verdict,
      override: assurance.override,
      hasProof: assurance.hasProof,
    };
    const scan = await log.append(draft);
    // Only now: a package that came during the write has brought another knowledge.
    knowledge()?.note(scan);
    onWritten();
  }

  #show(matter: Matter, verdict: Verdict, at?: number, isProvisional = false): void {
    const before = this.shown.value;
    const wasProvisional = before?.kind === 'verdict' && before.isProvisional;
    const isCorrection = wasProvisional && before.verdict.verdict !== verdict.verdict;
    const now = at ?? matter.at + (this.#options.offsetMs() ?? 0);
    const { override } = matter.assurance;
    this.shown.value = {
      kind: 'verdict',
      verdict,
      isProvisional,
      wasProvisional,
      isCorrection,
      override,
      at: now,
    };
  }

  #measure(matter: Matter | undefined, isOnline: boolean): void {
    const { metrics, clock } = this.#options;
    const ms = matter === undefined ? 0 : clock.monotonic() - matter.begunAt;
    metrics.add({ ms, isOnline, isAnswered: matter !== undefined });
  }
}

/** Somebody may go through, and nothing about it is open any more. */
export function isYes(shown: Shown | undefined): boolean {
  if (shown?.kind !== 'verdict' || shown.isProvisional) return false;
  return verdicts[shown.verdict.verdict].light === 'green' || shown.override !== undefined;
}

/** Another gate, or another tap, was first. */
function isFullAlready(answer: ServerMessage | undefined): boolean {
  return answer?.type === 'rejected' && answer.reason === 'ticket_not_half';
}

/** The server will not take it at another time either, and whoever paid has to hear of it. */
function refusalIn(answer: ServerMessage | undefined): RejectionReason | undefined {
  if (answer?.type !== 'rejected' || answer.retryable || isFullAlready(answer)) return undefined;
  return answer.reason;
}

/** A ticket of this show, however it was shown. */
function ticketOf(verified: Verified): ScanDraft['ticket'] {
  // What is refused for how it is shown still says whose it is; what is forged says nothing.
  if (!isKnown(verified)) return undefined;
  const { serial, revision } = verified.ticket;
  return { serial, revision };
}
