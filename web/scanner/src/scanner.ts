import { systemClock } from '@ingressou/client-sdk/clock';
import { browserVerify } from '@ingressou/protocol/ticket-browser';
import { signal } from '@preact/signals';
import { Alarm } from './alarm.ts';
import { enrol } from './api.ts';
import type { Enrolment } from './enrolment.ts';
import type { Place } from './gate/place.ts';
import { type SelfTest, selfTest, setMark } from './self-test.ts';
import { Station } from './station.ts';
import { only, openDatabase, type ScannerDatabase } from './store/database.ts';
import { emptyState, unsentOf } from './store/log-rows.ts';

/** Which screen there is; each needs what the one before has brought. */
export type Phase =
  | { readonly name: 'starting' }
  /** Another window of this browser is the scanner. */
  | { readonly name: 'elsewhere' }
  /** The browser keeps nothing for this page. */
  | { readonly name: 'no_storage' }
  /** One that is enrolled already may go on as it was. */
  | { readonly name: 'enrol'; readonly isEnrolled: boolean }
  | { readonly name: 'place'; readonly enrolment: Enrolment }
  | { readonly name: 'check'; readonly station: Station }
  | { readonly name: 'scan'; readonly station: Station };

/** One of them in a browser: two would write one log. */
const lockName = 'ingressou-scanner';
/** How long a scanner waits for its first package before it begins without one. */
const firstWordMs = 4_000;

/** The code is for another device than this one, which has scans that would be lost. */
export class OtherDeviceError extends Error {
  override readonly name = 'OtherDeviceError';
}

export class Scanner {
  readonly phase = signal<Phase>({ name: 'starting' });
  readonly test = signal<SelfTest | undefined>(undefined);
  /** A newer version waits; calling it loads it. */
  readonly update = signal<(() => void) | undefined>(undefined);
  readonly alarm = new Alarm();
  #database: ScannerDatabase | undefined;
  #isStarted = false;

  /** Once: a look at the panel and back finds it as it was. */
  async start(): Promise<void> {
    if (this.#isStarted) return;
    this.#isStarted = true;
    if (!(await holdLock())) {
      this.phase.value = { name: 'elsewhere' };
      return;
    }
    await this.#orSayWhy(async () => {
      this.#database = await openDatabase(() => {
        this.phase.value = { name: 'no_storage' };
      });
      await this.check();
      await this.#resume();
    });
  }

  /** Looks again at what this device can do. */
  async check(): Promise<void> {
    if (this.#database !== undefined) this.test.value = await selfTest(this.#database);
  }

  /**
   * With a new code. A device that was one before goes on with its log; one that becomes another
   * must have nothing left to send.
   *
   * @throws {ApiError}, {OtherDeviceError}
   */
  async enrol(code: string): Promise<void> {
    const enrolment = await enrol(code);
    await this.#orSayWhy(() => this.#become(enrolment));
  }

  /** However often it is asked for: two stations would write one log. */
  async take(enrolment: Enrolment, place: Place): Promise<void> {
    if (this.phase.value.name !== 'place') return;
    this.phase.value = { name: 'starting' };
    await this.#orSayWhy(async () => {
      await this.#stored().put('place', place, only);
      await this.#open(enrolment, place, 'scan');
    });
  }

  /** Back to the choice of the place; the log stays as it is. */
  leavePlace(station: Station): void {
    station.close();
    this.phase.value = { name: 'place', enrolment: station.enrolment };
  }

  begin(station: Station): void {
    this.phase.value = { name: 'scan', station };
  }

  /** Forgets everything; whoever asks has made sure that nothing is left to send. */
  async setFree(station: Station): Promise<void> {
    station.close();
    await station.cards.wipe();
    await this.#orSayWhy(async () => {
      await this.#forget();
      this.phase.value = { name: 'enrol', isEnrolled: false };
    });
  }

  /** A new code is wanted: the token has run out, or the gate is another one. All stays until then. */
  enrolAgain(station: Station): void {
    station.close();
    this.phase.value = { name: 'enrol', isEnrolled: true };
  }

  /** No other code after all. */
  async goOn(): Promise<void> {
    if (this.phase.value.name !== 'enrol') return;
    this.phase.value = { name: 'starting' };
    await this.#orSayWhy(() => this.#resume());
  }

  /** Forbidden, full or broken: without a disk no scan can be kept, and so none is made. */
  async #orSayWhy(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.phase.value = { name: 'no_storage' };
    }
  }

  async #become(enrolment: Enrolment): Promise<void> {
    const database = this.#stored();
    const before = await database.get('enrolment', only);
    if (before !== undefined && before.device !== enrolment.device) {
      if (unsentOf((await database.get('state', only)) ?? emptyState) > 0) {
        throw new OtherDeviceError('Scans of another device are not sent yet.');
      }
      await this.#forget();
    }
    await database.put('enrolment', enrolment, only);
    setMark(enrolment.device);
    await this.check();
    this.phase.value = { name: 'place', enrolment };
  }

  /** All or nothing: what is left of a log would be taken for the next device's. */
  async #forget(): Promise<void> {
    const stores = ['enrolment', 'place', 'state', 'log', 'packages', 'cards'] as const;
    const write = this.#stored().transaction(stores, 'readwrite');
    await Promise.all([...stores.map((name) => write.objectStore(name).clear()), write.done]);
    setMark(undefined);
  }

  async #resume(): Promise<void> {
    const database = this.#stored();
    const enrolment = await database.get('enrolment', only);
    const place = await database.get('place', only);
    if (enrolment === undefined) this.phase.value = { name: 'enrol', isEnrolled: false };
    else if (place === undefined) this.phase.value = { name: 'place', enrolment };
    else await this.#open(enrolment, place, 'check');
  }

  async #open(enrolment: Enrolment, place: Place, name: 'check' | 'scan'): Promise<void> {
    const station = await Station.open({
      enrolment,
      place,
      database: this.#stored(),
      clock: systemClock,
      verify: await browserVerify(),
      socketUrl: `${location.origin.replace(/^http/, 'ws')}/v1/live`,
    });
    // Without its first package it would leave everybody to the operator.
    if (station.packages.current.value === undefined) await station.heard(firstWordMs);
    this.phase.value = { name, station };
  }

  #stored(): ScannerDatabase {
    if (this.#database === undefined) throw new Error('The database is not open.');
    return this.#database;
  }
}

/** True when this window is the only one, and stays so while it is open. */
function holdLock(): Promise<boolean> {
  // Older browsers have no locks; then it is up to the operator.
  if (navigator.locks === undefined) return Promise.resolve(true);
  return new Promise((resolve) => {
    void navigator.locks.request(lockName, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise(() => {});
    });
  });
}
