import type { Detector } from './detector.ts';

/** Why there is no picture, for the operator. */
export type CameraFault = 'refused' | 'absent' | 'busy' | 'unknown';

export class CameraError extends Error {
  override readonly name = 'CameraError';
  readonly code: CameraFault;

  constructor(code: CameraFault, cause: unknown) {
    super(`There is no camera: ${code}.`, { cause });
    this.code = code;
  }
}

export interface Camera {
  /** Undefined when this camera has no lamp. */
  readonly setLamp: ((isOn: boolean) => Promise<void>) | undefined;
  close(): void;
}

export interface CameraOptions {
  readonly video: HTMLVideoElement;
  readonly detector: Detector;
  /** What each picture shows, which is nothing most of the time. */
  readonly onLook: (codes: readonly string[]) => void;
  /** There are no more pictures: it was unplugged, forbidden, or another application took it. */
  readonly onLost: () => void;
}

/** The rest between two pictures that are looked at: more would only warm the phone up. */
const restMs = 60;

/**
 * Shows what the camera sees and tells the codes in every picture, again and again.
 *
 * @throws {CameraError}
 */
export async function openCamera({
  video,
  detector,
  onLook,
  onLost,
}: CameraOptions): Promise<Camera> {
  const stream = await streamOf();
  video.srcObject = stream;
  let isOpen = true;
  for (const track of stream.getTracks()) {
    track.addEventListener('ended', () => {
      if (isOpen) onLost();
    });
  }
  await play(video);
  const look = async () => {
    while (isOpen) {
      // A call or a look at another application stops it; a picture that stands still shows no ticket.
      if (video.paused && !document.hidden) await play(video);
      if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && !document.hidden) {
        const codes = (await found(detector, video)).map(({ rawValue }) => rawValue);
        if (isOpen) onLook(codes);
      }
      await new Promise((resolve) => setTimeout(resolve, restMs));
    }
  };
  void look();
  return {
    setLamp: lampOf(stream),
    close() {
      isOpen = false;
      for (const track of stream.getTracks()) track.stop();
      // The next one may have it already.
      if (video.srcObject === stream) video.srcObject = null;
    },
  };
}

/** A page that just opened may have to be touched first: then the picture comes with a later try. */
async function play(video: HTMLVideoElement): Promise<void> {
  await video.play().catch(() => {});
}

async function found(detector: Detector, video: HTMLVideoElement) {
  try {
    return await detector.detect(video);
  } catch {
    // One picture that cannot be read, as while the phone turns: the next one is there in a moment.
    return [];
  }
}

async function streamOf(): Promise<MediaStream> {
  const { mediaDevices } = navigator;
  // Absent where the page is not secure.
  if (mediaDevices === undefined) throw new CameraError('absent', undefined);
  try {
    return await mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
    });
  } catch (cause) {
    throw new CameraError(faultOf(cause), cause);
  }
}

function faultOf(cause: unknown): CameraFault {
  switch (cause instanceof DOMException ? cause.name : '') {
    case 'NotAllowedError':
      return 'refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'absent';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'unknown';
  }
}

/** The lamp is no part of TypeScript's library yet. */
type WithLamp = MediaTrackCapabilities & { readonly torch?: boolean };

function lampOf(stream: MediaStream): Camera['setLamp'] {
  const [track] = stream.getVideoTracks();
  const capabilities: WithLamp | undefined = track?.getCapabilities?.();
  if (capabilities?.torch !== true) return undefined;
  return async (isOn) => {
    const torch = { torch: isOn } as MediaTrackConstraintSet;
    await track?.applyConstraints({ advanced: [torch] });
  };
}
