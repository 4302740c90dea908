import { useSignal } from '@preact/signals';
import { useCallback, useEffect, useRef } from 'preact/hooks';
import { lightOf } from '../alarm.ts';
import { gateNameIn } from '../enrolment.ts';
import { type Assurance, noAssurance } from '../gate/place.ts';
import { type InView, look, noted } from '../reading/repeats.ts';
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
  const inView = useRef<InView>(new Map());
  const onTyped = useCallback(
    (code: string) => {
      // Whoever reads a ticket is through with the menu; the verdict is not to be behind it.
      isMenu.value = false;
      void desk.readTyped(code);
    },
    [desk, isMenu],
  );
  const onLook = useCallback(
    (codes: readonly string[]) => {
      // A phone in a hand sees whatever comes before it; a verdict behind the menu is nobody's.
      if (isMenu.value) return;
      const at = performance.now();
      const { inView: still, fresh } = look(inView.current, codes, at);
      inView.current = still;
      if (fresh === undefined) return;
      // One that comes while another is judged is not taken: it is still there after.
      void desk.read(fresh).then((isTaken) => {
        if (isTaken) inView.current = noted(inView.current, fresh, at);
      });
    },
    [desk, isMenu],
  );
  useWedge(onTyped);
  useAwake();
  useAlarm(scanner, station);

  return (
    <main class="scan" data-scans={station.log.state.value.head.seq}>
      <h1 class="unseen">{texts.brand}</h1>
      <StatusBar station={station} />
      <div class="stage">
        <Viewfinder onLook={onLook}>
          <p class="hint">
            {texts.aim}, <span>{texts.orHandScanner}</span>
          </p>
        </Viewfinder>
        <Foot station={station} openMenu={() => (isMenu.value = true)} />
        <VerdictScreen
          station={station}
          topUp={(method) => void desk.topUp(method)}
          assure={(assurance: Partial<Assurance>) =>
            void desk.assure({ ...noAssurance, ...assurance })
          }
        />
        {isMenu.value ? (
          <DeviceScreen scanner={scanner} station={station} close={() => (isMenu.value = false)} />
        ) : null}
      </div>
    </main>
  );
}

function Foot({ station, openMenu }: { readonly station: Station; readonly openMenu: () => void }) {
  const { checkpoint, direction } = station.place.value;
  const { checkpoints, gate } = station.enrolment;
  const at = checkpoints.find((each) => each.checkpoint === checkpoint);
  const inside = station.occupancy.value;
  return (
    <footer class="foot">
      <p class="post">
        <strong class={direction}>
          {direction === 'entry' ? `→ ${texts.place.entry}` : `← ${texts.place.exit}`}
        </strong>
        <span>
          {gateNameIn(at, gate)} · {at?.name}
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
    if (shown?.kind === 'unwritten' || shown?.kind === 'blocked') scanner.alarm.tell('red');
    if (shown?.kind !== 'verdict') return;
    const isNews = shown.isProvisional || shown.isCorrection || !shown.wasProvisional;
    const light = shown.override === undefined ? lightOf(shown.verdict) : 'green';
    if (isNews) scanner.alarm.tell(light);
  }, [shown, scanner]);
}
