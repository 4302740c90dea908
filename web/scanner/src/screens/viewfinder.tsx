import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { Camera } from '../reading/camera.ts';
import { texts } from '../texts.ts';
import { useCamera } from './use-camera.ts';

/** What the camera sees, with the frame to aim by. `onLook` must stay the same function. */
export function Viewfinder({
  onLook,
  children,
}: {
  readonly onLook: (codes: readonly string[]) => void;
  readonly children?: ComponentChildren;
}) {
  const { video, state, retry } = useCamera(onLook);
  const seen = state.value;
  const setLamp = seen.name === 'open' ? seen.camera.setLamp : undefined;
  return (
    <div class="viewfinder" data-camera={seen.name}>
      <video ref={video} playsInline muted aria-label={texts.aim} />
      <div class="aim" aria-hidden="true" />
      {seen.name === 'opening' ? <p class="over">{texts.cameraOpening}</p> : null}
      {seen.name === 'failed' ? (
        <div class="over" role="alert">
          <p>{texts.camera[seen.fault]}</p>
          <button type="button" class="button" onClick={retry}>
            {texts.tryAgain}
          </button>
        </div>
      ) : null}
      {setLamp === undefined ? null : <Lamp setLamp={setLamp} />}
      {children}
    </div>
  );
}

/** Dark with each camera that opens. */
function Lamp({ setLamp }: { readonly setLamp: NonNullable<Camera['setLamp']> }) {
  const isOn = useSignal(false);
  return (
    <button
      type="button"
      class="button lamp"
      aria-pressed={isOn.value}
      onClick={() => {
        isOn.value = !isOn.value;
        // A lamp that does not light is seen at once.
        setLamp(isOn.value).catch(() => {});
      }}
    >
      {isOn.value ? texts.lampOff : texts.lampOn}
    </button>
  );
}
