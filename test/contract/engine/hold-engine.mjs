/** Keeps an engine running on a folder until it is told how to end. */
import { createInterface } from 'node:readline';
import { startEngine } from './dist/engine/engine.js';

const [, , dataDirectory, only] = process.argv;
const report = { step: () => undefined, progress: () => undefined };
const engine = await startEngine({ dataDirectory, only, report });
process.stdout.write(`${JSON.stringify({ uri: engine.uri, enginePid: engine.processId() })}\n`);

createInterface({ input: process.stdin }).on('line', async (word) => {
  if (word === 'throw') {
    setImmediate(() => {
      throw new Error('on purpose');
    });
  }
  if (word === 'exit') process.exit(0);
  if (word === 'stop') {
    await engine.stop();
    process.exit(0);
  }
});
