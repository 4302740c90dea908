import { useSignal } from '@preact/signals';
import { useCallback, useEffect, useRef } from 'preact/hooks';
import { type Camera, CameraError, type CameraFault, openCamera } from '../reading/camera.ts';
import type { Detector } from '../reading/detector.ts';
import { openDetector } from '../reading/open-detector.ts';

export type CameraState =
  | { readonly name: 'opening' }
  | { readonly name: 'open'; readonly camera: Camera }
  | { readonly name: 'failed'; readonly fault: CameraFault };

let opened: Promise<Detector> | undefined;

/** Loaded once, and again only if that failed. */
function detector(): Promise<Detector> {
  opened ??= openDetector().catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

/** The camera while a component is there. */
export function useCamera(onLook: (codes: readonly string[]) => void) {
  const video = useRef<HTMLVideoElement>(null);
  const state = useSignal<CameraState>({ name: 'opening' });
  const attempt = useSignal(0);
  const retry = useCallback(() => {
    attempt.value += 1;
  }, [attempt]);
  useEffect(() => {
    let isGone = false;
    let camera: Camera | undefined;
    const open = async () => {
      const [element, loaded] = [video.current, await detector()];
      if (element === null || isGone) return;
      camera = await openCamera({ video: element, detector: loaded, onLook, onLost: retry });
      if (isGone) camera.close();
      else state.value = { name: 'open', camera };
    };
    state.value = { name: 'opening' };
    open().catch((error: unknown) => {
      const fault = error instanceof CameraError ? error.code : 'unknown';
      if (!isGone) state.value = { name: 'failed', fault };
    });
    return () => {
      isGone = true;
      camera?.close();
    };
  }, [attempt.value, onLook, retry]);
  useEffect(() => {
    // Whoever had it may have let it go meanwhile, or it was plugged in.
    const again = () => {
      if (!document.hidden && state.value.name === 'failed') retry();
    };
    const { mediaDevices } = navigator;
    document.addEventListener('visibilitychange', again);
    mediaDevices?.addEventListener('devicechange', again);
    return () => {
      document.removeEventListener('visibilitychange', again);
      mediaDevices?.removeEventListener('devicechange', again);
    };
  }, [state, retry]);
  return { video, state, retry };
}
