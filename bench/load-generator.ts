/** The process that makes the load: takes orders from its parent, one at a time, and answers what it measured. */
import { type LoadOrder, runLoad } from './load.ts';

process.on('message', (order: LoadOrder) => {
  runLoad(order).then(
    (result) => process.send?.({ result }),
    (error: Error) => process.send?.({ error: error.stack ?? error.message }),
  );
});
process.on('disconnect', () => process.exit(0));
