import { stateOf } from '../process-state.ts';
import { onOrderStage, type Scenario } from '../scenario.ts';

/** How often the relaying worker dies. */
const deaths = 5;

export const f9: Scenario = {
  id: 'F9',
  title: 'kill -9 of the relaying worker between the confirm of the broker and its place moving',
  play: (ground, { orders }) =>
    onOrderStage(ground, 'F9', { orders, queues: 'rabbitmq' }, async (stage) => {
      const selling = stage.shoppers.buy();
      const dead: number[] = [];
      for (let round = 1; round <= deaths; round += 1) {
        await stage.checkedOut(Math.round((orders * round) / (deaths + 2)));
        const killed = await stage.killAt((worker) => worker.toDatabase, 'follower_advance');
        if ((await stateOf(killed.pid)) === undefined) dead.push(killed.pid);
        await killed.worker.start();
      }
      await selling;
      stage.prove(`killed while their place moved: ${dead.join(', ')}`, dead.length === deaths);
      const { twice } = stage.tap;
      stage.prove(`${twice} jobs were published again under their ids`, twice > 0);
    }),
};
