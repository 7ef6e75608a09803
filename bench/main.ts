/** `npm run bench`: the server beside the raw floor, in one run on one database. */
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
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

async function benchServer(words: readonly string[]): Promise<void> {
  const options = parseOptions(words);
  if (options === 'help') say(USAGE);
  else await main(options);
}

try {
  const words = process.argv.slice(2);
  if (words[0] === 'forecast') await benchForecast(say);
  else await benchServer(words);
} catch (error) {
  const isUsage = error instanceof UsageError;
  process.stderr.write(`${isUsage ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
