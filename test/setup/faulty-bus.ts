import { type Bus, BusDownError, type Listener, type Listening } from '../../src/ports/bus.ts';

/** The end of a bus that breaks when it is told to. */
export class FaultyBus implements Bus {
  /** Messages of ours to subjects that match are lost on their way. */
  loses: RegExp | undefined;
  /** Neither hears nor is heard, and does not know it. */
  isInHole = false;
  readonly #bus: Bus;
  readonly #heard: ((isUp: boolean) => void)[] = [];
  readonly #listenings = new Set<Subscribed>();
  #isUp = true;
  #isFrozen = false;
  #late: (() => void)[] = [];

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Our connection breaks: we know it, and nobody takes us for a listener any more. */
  fall(): void {
    for (const each of this.#listenings) each.inner.end();
    this.#change(false);
  }

  rise(): void {
    for (const each of this.#listenings) each.inner = each.listen();
    this.#change(true);
  }

  /** As a process that is stopped: what comes is heard when it runs again. */
  freeze(): void {
    this.#isFrozen = true;
  }

  thaw(): void {
    this.#isFrozen = false;
    for (const delivery of this.#late.splice(0)) delivery();
  }

  publish(subject: string, bytes: Uint8Array): void {
    if (this.#isUp && !this.#isLost(subject)) this.#bus.publish(subject, bytes);
  }

  async request(subject: string, bytes: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    if (!this.#isUp) throw new BusDownError();
    return await this.#bus.request(this.#isLost(subject) ? hole : subject, bytes, timeoutMs);
  }

  listen(subject: string, listener: Listener): Listening {
    const hear: Listener = (bytes, respond) => {
      const delivery = () => listener(bytes, respond);
      if (this.isInHole && subject !== hole) return;
      if (this.#isFrozen) this.#late.push(delivery);
      else delivery();
    };
    const listen = () => this.#bus.listen(subject, hear);
    const listening: Subscribed = { listen, inner: listen() };
    this.#listenings.add(listening);
    return {
      end: () => {
        this.#listenings.delete(listening);
        listening.inner.end();
      },
    };
  }

  onChange(heard: (isUp: boolean) => void): void {
    this.#heard.push(heard);
  }

  close(): Promise<void> {
    return this.#bus.close();
  }

  #isLost(subject: string): boolean {
    return this.isInHole || this.loses?.test(subject) === true;
  }

  #change(isUp: boolean): void {
    this.#isUp = isUp;
    for (const heard of this.#heard) heard(isUp);
  }
}

/** Somebody listens here and never answers, so that what is lost is met with silence. */
export const hole = 'hole';

interface Subscribed {
  readonly listen: () => Listening;
  inner: Listening;
}
