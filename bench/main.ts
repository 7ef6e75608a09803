/** `npm run bench`: the server beside the raw floor, in one run on one database. */
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { runAuthBench } from './auth.ts';
import { runBench } from './bench.ts';
import { benchForecast } from './forecast.ts';
import { type BenchOptions, parseOptions, USAGE, UsageError } from './options.ts';

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

async function main(options: BenchOptions): Promise<void> {
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  say(`${new Date().toISOString()}  Node ${process.version}, ${availableParallelism()} cores, ${processor}`);
  const figures = await runBench(options, say);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(figures, null, 2)}\n`);
}

/** Benches of one concern, by the word that asks for them. */
const CONCERNS: Readonly<Record<string, (report: typeof say) => Promise<void>>> = {
  auth: runAuthBench,
  forecast: benchForecast,
};

try {
  const [word = '', ...others] = process.argv.slice(2);
  const concern = others.length === 0 && Object.hasOwn(CONCERNS, word) ? CONCERNS[word] : undefined;
  const options = concern ? undefined : parseOptions(process.argv.slice(2));
  if (concern) await concern(say);
  else if (options === 'help') say(USAGE);
  else if (options) await main(options);
} catch (error) {
  const isUsage = error instanceof UsageError;
  process.stderr.write(`${isUsage ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
