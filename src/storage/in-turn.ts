/**
 * Writers of one process that are after the same resources go one after the other: they would otherwise meet in the
 * database, where all but one lose and try again. Correctness never hangs on it: other processes don't queue here.
 */
import type { Database } from './database.ts';

/** Nobody waits longer than this: where the database hangs, everyone in line should get to know it at once. */
const PATIENCE_MS = 2000;

/** The last in line for each key. */
const lines = new WeakMap<Database['db'], Map<string, Promise<unknown>>>();

/** Runs `work` when everyone who came before for any of the keys is done, or has taken too long. */
export function inTurn<Result>(
  { db }: Database,
  keys: readonly string[],
  work: () => Promise<Result>,
): Promise<Result> {
  const line = lines.get(db) ?? new Map<string, Promise<unknown>>();
  lines.set(db, line);
  const before = keys.flatMap((key) => line.get(key) ?? []);
  // All keys are taken at once, so nobody ever waits for someone who waits for him.
  const mine = before.length === 0 ? work() : settledOrLate(before).then(work);
  for (const key of keys) line.set(key, mine);
  const leave = () => {
    for (const key of keys) if (line.get(key) === mine) line.delete(key);
  };
  mine.then(leave, leave);
  return mine;
}

function settledOrLate(before: readonly Promise<unknown>[]): Promise<unknown> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, PATIENCE_MS);
    void Promise.allSettled(before).then(() => {
      clearTimeout(late);
      resolve(undefined);
    });
  });
}
