import { useSignal } from '@preact/signals';
import { type Enrolment, gateNameIn } from '../enrolment.ts';
import { type OfflineMode, offlineModes } from '../gate/place.ts';
import type { Scanner } from '../scanner.ts';
import { texts } from '../texts.ts';
import { Choice } from './choice.tsx';

/** Where this scanner stands and what it does there. */
export function PlaceScreen({
  scanner,
  enrolment,
}: {
  readonly scanner: Scanner;
  readonly enrolment: Enrolment;
}) {
  const checkpoint = useSignal(enrolment.checkpoints[0]?.checkpoint ?? 0);
  const direction = useSignal<'entry' | 'exit'>('entry');
  const offlineMode = useSignal<OfflineMode>('normal');
  const chosen = enrolment.checkpoints.find((each) => each.checkpoint === checkpoint.value);
  const start = () =>
    void scanner.take(enrolment, {
      checkpoint: checkpoint.value,
      direction: direction.value,
      offlineMode: offlineMode.value,
    });
  return (
    <main class="page">
      <p class="brand">{texts.brand}</p>
      <h1>{enrolment.title}</h1>
      <p class="gate-plate">
        <span>{texts.place.gate}</span> <strong>{gateNameIn(chosen, enrolment.gate)}</strong>
      </p>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        <Choice
          legend={texts.place.checkpoint}
          chosen={checkpoint}
          options={enrolment.checkpoints.map(({ checkpoint: value, name }) => ({
            value,
            label: name,
          }))}
        />
        <Choice
          legend={texts.place.direction}
          chosen={direction}
          options={[
            { value: 'entry', label: texts.place.entry },
            { value: 'exit', label: texts.place.exit },
          ]}
        />
        <Choice
          legend={texts.place.offlineMode}
          chosen={offlineMode}
          options={offlineModes.map((value) => ({
            value,
            label: texts.mode[value],
            about: texts.modeAbout[value],
          }))}
        />
        <button type="submit" class="button primary">
          {texts.place.start}
        </button>
      </form>
    </main>
  );
}
