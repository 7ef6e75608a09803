/** A thread that sweeps stretches of a population, one at a time, as it is told. */
import { parentPort, workerData } from 'node:worker_threads';
import { createSweeper, type Stretch, type SweeperOptions } from './sweeper.ts';

type Given = Omit<SweeperOptions, 'root'> & { readonly root: string };

const given = workerData as Given;
const sweeper = createSweeper({ ...given, root: new URL(given.root) });
// Whoever sends the first stretch hears of it.
sweeper.catch(() => undefined);

parentPort?.on('message', (stretch: Stretch) => {
  sweeper
    .then(({ sweep }) => sweep(stretch))
    .then(
      (result) => parentPort?.postMessage({ result }),
      (error) => parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) }),
    );
});
