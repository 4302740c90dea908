import type { Connection } from '../src/connection.ts';
import type { EventHandle } from '../src/event-handle.ts';
import type { PresentShow, ShowView } from '../src/show.ts';
import type { ConnectionState } from '../src/states.ts';

/** Resolves with the first view of the show that fits; the caller's time limit is the test's. */
export function untilShow(
  handle: EventHandle,
  fits: (view: PresentShow) => boolean,
): Promise<PresentShow> {
  return new Promise((resolve) => {
    const stop = handle.watch((view: ShowView) => {
      if (!view.isKnown || !fits(view)) return;
      stop();
      resolve(view);
    });
  });
}

export function untilState(connection: Connection, wanted: ConnectionState): Promise<void> {
  return new Promise((resolve) => {
    if (connection.state === wanted) return resolve();
    const stop = connection.onState((now) => {
      if (now !== wanted) return;
      stop();
      resolve();
    });
  });
}
