import { signal } from '@preact/signals';

/** One scan, for the numbers of this device. */
export interface Sample {
  /** From the code to the word that counted. */
  readonly ms: number;
  readonly isOnline: boolean;
  /** It was answered: by the server, or by this gate alone. */
  readonly isAnswered: boolean;
}

/** The newest scans; a gate that works does as many in five minutes. */
const samplesMax = 200;
/** As many as one report takes. */
const partMax = 60;

export interface Figures {
  readonly scans: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Of all those answered at all, in percent. */
  readonly answeredPercent: number;
  readonly onlinePercent: number;
}

export function figuresOf(samples: readonly Sample[]): Figures {
  const times = samples.map(({ ms }) => ms).sort((a, b) => a - b);
  const share = (isIn: (sample: Sample) => boolean) =>
    samples.length === 0 ? 100 : (samples.filter(isIn).length / samples.length) * 100;
  return {
    scans: samples.length,
    p50Ms: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
    answeredPercent: share(({ isAnswered }) => isAnswered),
    onlinePercent: share(({ isOnline }) => isOnline),
  };
}

/** Of numbers in ascending order; 0 when there is none. */
function quantile(sorted: readonly number[], share: number): number {
  const at = Math.ceil(sorted.length * share) - 1;
  return Math.round(sorted[Math.max(0, at)] ?? 0);
}

/** The numbers of this device since it was opened. */
export class Metrics {
  readonly samples = signal<readonly Sample[]>([]);
  /** Those that nobody was told yet, the newest; figures that are lost harm nobody. */
  #untold: readonly Sample[] = [];

  add(sample: Sample): void {
    this.samples.value = [...this.samples.value, sample].slice(-samplesMax);
    this.#untold = [...this.#untold, sample].slice(-samplesMax);
  }

  /** Tells what was not told, in parts; what fails is kept for the next time. */
  async tell(send: (scans: readonly Sample[]) => Promise<void>): Promise<void> {
    while (this.#untold.length > 0) {
      const part = this.#untold.slice(0, partMax);
      await send(part);
      this.#untold = this.#untold.filter((sample) => !part.includes(sample));
    }
  }
}
