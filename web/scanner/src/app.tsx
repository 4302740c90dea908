import { useEffect, useState } from 'preact/hooks';
import { PanelPage } from './panel/panel-page.tsx';
import type { Scanner } from './scanner.ts';
import { CheckScreen } from './screens/check-screen.tsx';
import { EnrolScreen } from './screens/enrol-screen.tsx';
import { MessageScreen } from './screens/message-screen.tsx';
import { PlaceScreen } from './screens/place-screen.tsx';
import { ScanScreen } from './screens/scan-screen.tsx';
import { texts } from './texts.ts';

/** The producer's panel is at `#painel`; everything else is the scanner. */
export function App({ scanner }: { readonly scanner: Scanner }) {
  const isPanel = useHash() === '#painel';
  return isPanel ? <PanelPage /> : <ScannerApp scanner={scanner} />;
}

function ScannerApp({ scanner }: { readonly scanner: Scanner }) {
  useEffect(() => void scanner.start(), [scanner]);
  const phase = scanner.phase.value;
  switch (phase.name) {
    case 'starting':
      return <MessageScreen title={texts.starting} />;
    case 'elsewhere':
      return <MessageScreen title={texts.elsewhere} advice={texts.elsewhereAdvice} />;
    case 'no_storage':
      return <MessageScreen title={texts.notWritable} advice={texts.check.storageAdvice} />;
    case 'enrol':
      return <EnrolScreen scanner={scanner} isEnrolled={phase.isEnrolled} />;
    case 'place':
      return <PlaceScreen scanner={scanner} enrolment={phase.enrolment} />;
    case 'check':
      return <CheckScreen scanner={scanner} station={phase.station} />;
    case 'scan':
      return <ScanScreen scanner={scanner} station={phase.station} />;
  }
}

function useHash(): string {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return hash;
}
