import { cryptoRandom } from '@ingressou/client-sdk/backoff';
import type { Clock } from '@ingressou/client-sdk/clock';
import type { RejectionReason, ServerMessage } from '@ingressou/protocol';
import type { ScanMode } from '@ingressou/protocol/admission';
import type { ListedKey, Verify } from '@ingressou/protocol/ticket';
import { computed, effect, signal } from '@preact/signals';
import { ApiError, fetchCards, fetchKeys, fetchPackage, tellScanTimes } from './api.ts';
import { CardKeeper } from './cards/card-keeper.ts';
import { shelfIn } from './cards/card-shelf.ts';
import { Desk } from './desk.ts';
import type { Enrolment } from './enrolment.ts';
import { GateKnowledge } from './gate/gate-knowledge.ts';
import type { Place } from './gate/place.ts';
import { GateLink } from './link/gate-link.ts';
import { Metrics } from './metrics.ts';
import { MetricsReport } from './metrics-report.ts';
import { takeNewest } from './newest-package.ts';
import { PackageKeeper } from './package-keeper.ts';
import { only, type ScannerDatabase } from './store/database.ts';
import { ScanLog } from './store/scan-log.ts';
import { nothingTold, toldBy } from './told-incidents.ts';
import { Upload } from './upload.ts';

export interface StationOptions {
  readonly enrolment: Enrolment;
  readonly place: Place;
  readonly database: ScannerDatabase;
  readonly clock: Clock;
  readonly verify: Verify;
  readonly socketUrl: string;
}

/** How often what other gates did is asked for. */
const refreshMs = 15_000;

/**
 * A scanner at its place: it judges by the server's word while the link is good, and alone when it
 * is not. The way back is only taken when all that happened alone is the server's too.
 */
export class Station {
  readonly place;
  /** With the keys that the server told since. */
  enrolment: Enrolment;
  readonly metrics = new Metrics();
  /** People inside, as the server last said. */
  readonly occupancy = signal<number | undefined>(undefined);
  readonly incidents = signal(nothingTold);
  /** The show has shut this device out: it may send what it has, and judge nobody. */
  readonly isBlocked = signal(false);
  /** The link is there again and the log is on its way. */
  readonly isComing = signal(false);
  readonly log: ScanLog;
  readonly desk: Desk;
  readonly link: GateLink;
  readonly mode;
  readonly packages: PackageKeeper;
  readonly cards: CardKeeper;
  readonly #options: StationOptions;
  readonly #upload: Upload;
  readonly #report: MetricsReport;
  readonly #isClean = signal(false);
  #knowledge: GateKnowledge | undefined;
  /** What the server had at some time, until a package is younger than that. */
  #covered: { readonly seq: number; readonly at: number } | undefined;
  #refresh: ReturnType<Clock['after']> | undefined;
  /** The newest handshake; what an older one began is not its way back. */
  #comings = 0;
  #isClosed = false;
  /** They write what they see into the log, which the next station at this device has as well. */
  readonly #stops: readonly (() => void)[];

  /** @throws {DOMException} the disk cannot be read */
  static async open(options: StationOptions): Promise<Station> {
    const { enrolment, database } = options;
    const owner = { event: enrolment.event, device: enrolment.device };
    const station = new Station(options, await ScanLog.open(database, owner));
    await station.packages.load();
    await station.cards.load();
    station.#learn();
    station.link.start();
    station.#report.start();
    return station;
  }

  private constructor(options: StationOptions, log: ScanLog) {
    this.#options = options;
    this.enrolment = options.enrolment;
    this.place = signal(options.place);
    this.log = log;
    this.packages = this.#openPackages();
    this.link = this.#openLink();
    this.cards = this.#openCards();
    this.mode = computed<ScanMode>(() => {
      const isManual = this.place.value.offlineMode === 'manual';
      return this.#isClean.value && !isManual ? 'online' : this.place.value.offlineMode;
    });
    this.#upload = new Upload({
      ...this.#common(),
      log,
      isLive: () => this.#isLive(),
      onDone: () => this.#settle(),
    });
    this.#report = new MetricsReport({
      ...this.#common(),
      metrics: this.metrics,
      isLive: () => this.#isLive(),
      send: (scans) => tellScanTimes(this.enrolment, scans),
    });
    this.desk = this.#openDesk();
    this.link.offsetMs.value = log.state.value.offset;
    this.isBlocked.value = log.state.value.isShutOut ?? false;
    this.#stops = this.#follow();
  }

  #follow(): readonly (() => void)[] {
    const { log } = this;
    return [
      effect(() => {
        const ms = this.link.offsetMs.value;
        // A disk that does not take it takes no scan either, and that is told.
        if (ms !== undefined) void log.noteOffset(ms).catch(() => {});
      }),
      effect(() => void log.noteShutOut(this.isBlocked.value).catch(() => {})),
      effect(() => {
        if (this.isBlocked.value) void this.cards.wipe();
      }),
      effect(() => {
        if (this.link.state.value !== 'live') this.#isClean.value = false;
        if (this.link.state.value === 'refused') this.isBlocked.value = true;
      }),
    ];
  }

  /** Resolves when the server was heard, or when it takes too long to wait for. */
  async heard(waitMs: number): Promise<void> {
    let stop = () => {};
    await new Promise<void>((resolve) => {
      this.#options.clock.after(waitMs, resolve);
      stop = effect(() => {
        if (this.#isClean.value) resolve();
      });
    });
    stop();
  }

  /** Milliseconds since the list of what others did is from; undefined without one. */
  ageMs(): number | undefined {
    const made = this.packages.current.value?.madeAt;
    return made === undefined ? undefined : Math.max(0, this.now() - made);
  }

  /** The server's time, as far as it is known. */
  now(): number {
    return this.#options.clock.now() + (this.link.offsetMs.value ?? 0);
  }

  close(): void {
    this.#isClosed = true;
    for (const stop of this.#stops) stop();
    this.#refresh?.cancel();
    this.#report.close();
    this.link.close();
    this.cards.close();
  }

  #isLive(): boolean {
    return this.link.state.value === 'live';
  }

  #common() {
    const { clock, enrolment } = this.#options;
    return {
      event: enrolment.event,
      clock,
      random: cryptoRandom,
      now: () => this.now(),
      ask: (...asked: Parameters<GateLink['ask']>) => this.link.ask(...asked),
    };
  }

  #openPackages(): PackageKeeper {
    const { enrolment, place, database, verify } = this.#options;
    const { event, keys } = enrolment;
    const now = () => this.now();
    return new PackageKeeper(place.checkpoint, { event, keys, database, verify, now });
  }

  #openCards(): CardKeeper {
    const { enrolment, place, database } = this.#options;
    return new CardKeeper({
      ...this.#common(),
      shelf: shelfIn(database),
      fetch: (block) => fetchCards(enrolment, place.checkpoint, block),
    });
  }

  #openLink(): GateLink {
    const { clock, socketUrl, enrolment } = this.#options;
    return new GateLink({
      url: socketUrl,
      webSocket: WebSocket,
      clock,
      random: cryptoRandom,
      token: () => Promise.resolve(enrolment.token),
      greeting: () => ({
        type: 'gate_status',
        event: enrolment.event,
        unsent: this.log.unsent,
        mode: this.mode.value,
      }),
      onWelcome: () => void this.#comeBack(),
      onMessage: (message) => this.#hear(message),
    });
  }

  #openDesk(): Desk {
    const { clock, verify, enrolment } = this.#options;
    return new Desk({
      ...this.#common(),
      gate: enrolment.gate,
      clock,
      verify,
      log: this.log,
      metrics: this.metrics,
      place: () => this.place.value,
      mode: () => this.mode.value,
      offsetMs: () => this.link.offsetMs.value,
      ring: () => this.packages.ring,
      knowledge: () => this.#knowledge,
      ask: async (...asked) => this.#noted(await this.link.ask(...asked)),
      onWritten: () => this.#upload.soon(),
      holderOf: (code) => this.cards.holderOf(code),
      isBlocked: () => this.isBlocked.value,
    });
  }

  /** A clean handshake: the log is the server's too, and what others did is known here. */
  async #comeBack(): Promise<void> {
    this.#comings += 1;
    const coming = this.#comings;
    this.isComing.value = true;
    this.incidents.value = nothingTold;
    await this.#upload.run();
    await this.#fetchPackage();
    if (coming !== this.#comings) return;
    this.isComing.value = false;
    // What was scanned alone meanwhile; when it is through, however often it takes, this gate is back.
    await this.#upload.run();
  }

  /** The server has the log, at whichever attempt. */
  #settle(): void {
    const isHeld = this.log.state.value.quarantine !== undefined;
    if (this.#isLive() && !this.isComing.value && !isHeld) this.#isClean.value = true;
  }

  #noted(answer: ServerMessage | undefined): ServerMessage | undefined {
    if (answer?.type === 'verdict') this.occupancy.value = answer.occupancy;
    if (answer?.type === 'rejected' && isShutOut(answer.reason)) this.isBlocked.value = true;
    return answer;
  }

  #hear(message: ServerMessage): void {
    this.incidents.value = toldBy(this.incidents.value, message);
  }

  async #fetchPackage(): Promise<void> {
    this.#refresh?.cancel();
    try {
      await this.#takePackage();
      await this.#forgetCovered();
      this.#learn();
      this.isBlocked.value = false;
    } catch (error) {
      // What is held goes on to be used, and its age is on the screen.
      if (error instanceof ApiError && error.status === 403) this.isBlocked.value = true;
    }
    if (!this.#isClosed) {
      this.#refresh = this.#options.clock.after(refreshMs, () => void this.#again());
    }
  }

  async #takePackage(): Promise<void> {
    const { checkpoint } = this.packages;
    const { hasCards } = await takeNewest(this.packages, {
      fetchPackage: (held) => fetchPackage(this.enrolment, checkpoint, held),
      fetchKeys: () => fetchKeys(this.enrolment),
      keepKeys: (keys) => this.#keepKeys(keys),
    });
    // What a package says that was not taken is nobody's word.
    const { current, fault } = this.packages;
    const { issued = 0 } = current.value ?? {};
    if (fault.value === undefined) this.cards.follow({ hasCards, issued });
  }

  async #keepKeys(keys: readonly ListedKey[]): Promise<void> {
    // The device may be another one by now, whose enrolment this must not undo.
    if (this.#isClosed) return;
    const enrolment = { ...this.enrolment, keys };
    await this.#options.database.put('enrolment', enrolment, only);
    this.enrolment = enrolment;
  }

  /** A package made after the server had a scan brings it back: the log need not keep it. */
  async #forgetCovered(): Promise<void> {
    const madeAt = this.packages.current.value?.madeAt ?? 0;
    if (this.#covered !== undefined && madeAt > this.#covered.at) {
      await this.log.forget(this.#covered.seq);
      this.#covered = undefined;
    }
    this.#covered ??= { seq: this.log.state.value.acknowledged.seq, at: this.now() };
  }

  async #again(): Promise<void> {
    if (!this.#isLive()) return;
    await this.#fetchPackage();
  }

  #learn(): void {
    const whole = this.packages.current.value;
    if (whole === undefined) return;
    this.#knowledge = new GateKnowledge(whole, this.log.scans());
    this.occupancy.value = whole.occupancy;
  }
}

function isShutOut(reason: RejectionReason): boolean {
  return reason === 'device_revoked' || reason === 'device_not_found';
}
