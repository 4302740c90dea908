import type { Scenario } from './scenario.ts';
import { f42, f43 } from './scenarios/broker.ts';
import { f48, f49 } from './scenarios/bus.ts';
import { f40, f41 } from './scenarios/cache.ts';
import { f32 } from './scenarios/clocks.ts';
import { f12, f13 } from './scenarios/clusters.ts';
import { f20, f21 } from './scenarios/database.ts';
import { f27, f28, f29 } from './scenarios/disks.ts';
import { f8, f11 } from './scenarios/gateways.ts';
import { f44, f45, f46 } from './scenarios/hooks.ts';
import { f2, f22 } from './scenarios/lost-replies.ts';
import { f1, f3, f4 } from './scenarios/owner-dies.ts';
import { f47, f56 } from './scenarios/providers.ts';
import { f31 } from './scenarios/replica.ts';
import { f23, f24 } from './scenarios/standbys.ts';
import { f9, f10 } from './scenarios/workers-die.ts';
import { f5, f6, f50 } from './scenarios/zombies.ts';

/** Every fault there is, in the order of their numbers. */
export const scenarios: readonly Scenario[] = [
  f1,
  f2,
  f3,
  f4,
  f5,
  f6,
  f8,
  f9,
  f10,
  f11,
  f12,
  f13,
  f20,
  f21,
  f22,
  f23,
  f24,
  f27,
  f28,
  f29,
  f31,
  f32,
  f40,
  f41,
  f42,
  f43,
  f44,
  f45,
  f46,
  f47,
  f48,
  f49,
  f50,
  f56,
];

/** One of each kind, for a machine that has little time. */
export const shortScenarios: readonly string[] = ['F1', 'F3', 'F22', 'F40', 'F44', 'F48'];
