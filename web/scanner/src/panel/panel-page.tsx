import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { PanelEntrance } from './panel-entrance.tsx';
import { type PanelPass, readPass, writePass } from './panel-pass.ts';
import { PanelView } from './panel-view.tsx';
import { WatchedGates } from './watched-gates.ts';

/** The gates of a show as its producer sees them: people, incidents and devices, live. */
export function PanelPage() {
  const pass = useSignal(readPass());
  const enter = (given: PanelPass | undefined) => {
    writePass(given);
    pass.value = given;
  };
  if (pass.value === undefined) return <PanelEntrance enter={enter} />;
  return <Panel key={pass.value.event} pass={pass.value} leave={() => enter(undefined)} />;
}

function Panel({ pass, leave }: { readonly pass: PanelPass; readonly leave: () => void }) {
  const gates = useSignal<WatchedGates | undefined>(undefined);
  useEffect(() => {
    const watched = new WatchedGates(pass);
    gates.value = watched;
    watched.start();
    return () => watched.close();
  }, [pass, gates]);
  return gates.value === undefined ? null : (
    <PanelView gates={gates.value} title={pass.title} leave={leave} />
  );
}
