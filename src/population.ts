/** Makes the forecasts of a whole population anew, on every processor, and goes on where it was interrupted (docs/forecast.md). */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { SweepResult } from './forecasts/sweep-forecasts.ts';
import type { Database } from './storage/database.ts';
import { countStates } from './storage/forecast-states.ts';
import { beginPopulation, endPopulation, endStretch, type PopulationTerms } from './storage/population-progress.ts';
import { createSweeper, type Stretch, type SweeperOptions } from './sweeper.ts';

export interface PopulationTotal extends Omit<SweepResult, 'last'> {
  /** False where it was interrupted. */
  readonly finished: boolean;
}

export interface PopulationRun {
  readonly database: Database;
  readonly terms: PopulationTerms;
  readonly sweeper: SweeperOptions;
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
  /** Threads to work on; every processor where it is not said. */
  readonly threads?: number;
}

type Sweep = (stretch: Stretch) => Promise<Omit<SweepResult, 'last'>>;

export async function recomputePopulation(run: PopulationRun): Promise<PopulationTotal> {
  const { database, terms, signal, progress } = run;
  const { ends, done } = await beginPopulation(database, terms);
  const isDone = new Set(done);
  const pending = ends
    .map((upTo, index) => ({ after: ends[index - 1] ?? '', upTo }))
    .filter(({ upTo }) => !isDone.has(upTo));
  const people = await countStates(database);
  const total = { done: 0, changed: 0, failed: 0 };
  const before = Math.round((people * done.length) / Math.max(1, ends.length));
  const crew = await startCrew(run, pending.length);
  const work = async ({ sweep }: Member) => {
    for (let next = pending.shift(); next && !signal.aborted; next = pending.shift()) {
      const result = await sweep(next);
      total.done += result.done;
      total.changed += result.changed;
      total.failed += result.failed;
      await endStretch(database, next.upTo);
      progress(Math.min(before + total.done, people), people);
    }
  };
  try {
    await Promise.all(crew.map(work));
  } finally {
    await Promise.all(crew.map(({ stop }) => stop()));
  }
  const finished = !signal.aborted;
  if (finished) await endPopulation(database);
  return { ...total, finished };
}

interface Member {
  readonly sweep: Sweep;
  stop(): Promise<unknown>;
}

/** Threads run what was compiled; the sources themselves are run by tests, which stay in one thread. */
const WORKER_FILE = import.meta.url.endsWith('.js') ? new URL('./population-worker.js', import.meta.url) : undefined;

async function startCrew(
  { sweeper, threads = availableParallelism() }: PopulationRun,
  stretches: number,
): Promise<readonly Member[]> {
  const count = Math.min(threads, stretches);
  const file = WORKER_FILE;
  if (count > 1 && file) return Array.from({ length: count }, () => startThread(file, sweeper));
  const own = await createSweeper(sweeper);
  return [{ sweep: own.sweep, stop: own.close }];
}

function startThread(file: URL, options: SweeperOptions): Member {
  const worker = new Worker(file, { workerData: { ...options, root: options.root.href } });
  const sweep: Sweep = (stretch) =>
    new Promise((resolve, reject) => {
      const settle = () => worker.removeListener('message', heard).removeListener('error', broke);
      const heard = (message: { readonly result?: Omit<SweepResult, 'last'>; readonly error?: string }) => {
        settle();
        if (message.result) resolve(message.result);
        else reject(new Error(message.error));
      };
      const broke = (error: Error) => {
        settle();
        reject(error);
      };
      worker.on('message', heard).on('error', broke);
      worker.postMessage(stretch);
    });
  return { sweep, stop: () => worker.terminate() };
}
