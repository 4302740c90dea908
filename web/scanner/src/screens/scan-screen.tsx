import { useSignal } from '@preact/signals';
import { useCallback, useEffect, useRef } from 'preact/hooks';
import { lightOf } from '../alarm.ts';
import { type Assurance, noAssurance } from '../gate/place.ts';
import { type Seen, see } from '../reading/repeats.ts';
import type { Scanner } from '../scanner.ts';
import type { Station } from '../station.ts';
import { texts } from '../texts.ts';
import { DeviceScreen } from './device-screen.tsx';
import { StatusBar } from './status-bar.tsx';
import { useAwake } from './use-awake.ts';
import { useWedge } from './use-wedge.ts';
import { VerdictScreen } from './verdict-screen.tsx';
import { Viewfinder } from './viewfinder.tsx';

/** The screen of a whole evening: what the camera sees, and over it the verdict. */
export function ScanScreen({
  scanner,
  station,
}: {
  readonly scanner: Scanner;
  readonly station: Station;
}) {
  const { desk } = station;
  const isMenu = useSignal(false);
  const seen = useRef<Seen | undefined>(undefined);
  const read = useCallback((code: string) => void desk.read(code), [desk]);
  const onCamera = useCallback(
    (code: string) => {
      const sight = see(seen.current, code, performance.now());
      // A code that comes while another is judged counts as not seen: it is still there after.
      if (!sight.isNew) {
        seen.current = sight.seen;
        return;
      }
      void desk.read(code).then((isTaken) => {
        if (isTaken) seen.current = sight.seen;
      });
    },
    [desk],
  );
  useWedge(read, !isMenu.value);
  useAwake();
  useAlarm(scanner, station);

  return (
    <main class="scan">
      <h1 class="unseen">{texts.brand}</h1>
      <StatusBar station={station} />
      <Viewfinder onCode={onCamera}>
        <p class="hint">
          {texts.aim}, <span>{texts.orHandScanner}</span>
        </p>
      </Viewfinder>
      <Foot station={station} openMenu={() => (isMenu.value = true)} />
      <VerdictScreen
        station={station}
        assure={(assurance: Partial<Assurance>) =>
          void desk.assure({ ...noAssurance, ...assurance })
        }
      />
      {isMenu.value ? (
        <DeviceScreen scanner={scanner} station={station} close={() => (isMenu.value = false)} />
      ) : null}
    </main>
  );
}

function Foot({ station, openMenu }: { readonly station: Station; readonly openMenu: () => void }) {
  const { checkpoint, direction } = station.place.value;
  const { checkpoints, gateName } = station.enrolment;
  const name = checkpoints.find((each) => each.checkpoint === checkpoint)?.name ?? '';
  const inside = station.occupancy.value;
  return (
    <footer class="foot">
      <p class="post">
        <strong class={direction}>
          {direction === 'entry' ? `→ ${texts.place.entry}` : `← ${texts.place.exit}`}
        </strong>
        <span>
          {gateName} · {name}
        </span>
        {inside === undefined ? null : <span>{texts.inside(inside)}</span>}
      </p>
      <button type="button" class="button" onClick={openMenu}>
        {texts.menu}
      </button>
    </footer>
  );
}

/** Each verdict is heard and felt once; a correction is another one. */
function useAlarm(scanner: Scanner, station: Station): void {
  const shown = station.desk.shown.value;
  useEffect(() => {
    if (shown?.kind === 'unwritten') scanner.alarm.tell('red');
    if (shown?.kind !== 'verdict') return;
    const isNews = shown.isProvisional || shown.isCorrection || !shown.wasProvisional;
    const light = shown.override === undefined ? lightOf(shown.verdict) : 'green';
    if (isNews) scanner.alarm.tell(light);
  }, [shown, scanner]);
}
