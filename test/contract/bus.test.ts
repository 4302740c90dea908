import { inject } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { LocalBusHub } from '../../src/cluster/local-bus.ts';
import { openNatsBus } from '../../src/cluster/nats-bus.ts';
import { silentTelemetry as telemetry } from '../setup/silent-telemetry.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { describeBus } from './bus.ts';

describeBus('LocalBus', async () => {
  const hub = new LocalBusHub(systemClock);
  return { join: async () => hub.join() };
});

const url = inject('natsUrl');
if (url !== undefined) {
  describeBus('NatsBus', async () => ({
    join: () => openNatsBus(url, { name: 'test', telemetry }),
  }));
} else skipBecause('NatsBus', inject('natsMissing') ?? 'no NATS');
