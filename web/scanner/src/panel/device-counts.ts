import type { DeviceView } from '@ingressou/protocol';
import { count } from '../format.ts';
import { panelTexts } from './panel-texts.ts';

type Counts = Pick<DeviceView, 'scans' | 'unsent' | 'quarantined'>;

/** What a device has scanned, and what of it the show does not have. */
export function countsOf({ scans, unsent, quarantined }: Counts): string {
  // Nothing more comes of a log that is held: all that it has besides is held with it.
  const held = quarantined > 0 ? Math.max(quarantined, unsent) : 0;
  return [
    panelTexts.scans(count(scans)),
    ...(unsent > 0 && held === 0 ? [panelTexts.unsent(count(unsent))] : []),
    ...(held > 0 ? [panelTexts.quarantined(count(held))] : []),
  ].join(' · ');
}
