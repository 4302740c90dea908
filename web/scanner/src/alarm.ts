import { type Verdict, verdicts } from '@ingressou/protocol/admission';

/**
 * What a verdict sounds and feels like, besides what is seen: a queue is loud and the sun is bright.
 * The tones are made here, because a file might not be there.
 */
type Light = (typeof verdicts)[Verdict['verdict']]['light'];

interface Tone {
  readonly hertz: number;
  readonly fromMs: number;
  readonly ms: number;
  readonly shape: OscillatorType;
}

/** Rising for yes, level for wait, low and long for no: told apart without hearing well. */
const tones: Record<Light, readonly Tone[]> = {
  green: [
    { hertz: 880, fromMs: 0, ms: 90, shape: 'sine' },
    { hertz: 1320, fromMs: 100, ms: 140, shape: 'sine' },
  ],
  amber: [
    { hertz: 660, fromMs: 0, ms: 120, shape: 'triangle' },
    { hertz: 660, fromMs: 200, ms: 120, shape: 'triangle' },
    { hertz: 660, fromMs: 400, ms: 120, shape: 'triangle' },
  ],
  red: [
    { hertz: 220, fromMs: 0, ms: 250, shape: 'square' },
    { hertz: 165, fromMs: 270, ms: 450, shape: 'square' },
  ],
};

const patterns: Record<Light, readonly number[]> = {
  green: [60],
  amber: [80, 80, 80, 80, 80],
  red: [300, 80, 300],
};

export function lightOf({ verdict }: Verdict): Light {
  return verdicts[verdict].light;
}

export class Alarm {
  #context: AudioContext | undefined;

  /** Browsers let nothing sound before the page was touched: call it when it is. */
  wake(): void {
    this.#context ??= new AudioContext();
    sounding(this.#context);
  }

  tell(light: Light): void {
    navigator.vibrate?.([...patterns[light]]);
    const context = this.#context;
    if (context === undefined || !sounding(context)) return;
    for (const tone of tones[light]) sound(context, tone);
  }
}

/** Whether it sounds now. One that was never touched is `suspended`, one that a call took `interrupted`. */
function sounding(context: AudioContext): boolean {
  if (context.state === 'running') return true;
  // Until it does, the light and the vibration say the same.
  context.resume().catch(() => {});
  return false;
}

function sound(context: AudioContext, { hertz, fromMs, ms, shape }: Tone): void {
  const [oscillator, gain] = [context.createOscillator(), context.createGain()];
  const start = context.currentTime + fromMs / 1000;
  const end = start + ms / 1000;
  oscillator.type = shape;
  oscillator.frequency.value = hertz;
  // A few milliseconds of slope, or the speaker clicks.
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(0.6, start + 0.01);
  gain.gain.setValueAtTime(0.6, end - 0.02);
  gain.gain.linearRampToValueAtTime(0, end);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(end);
}
