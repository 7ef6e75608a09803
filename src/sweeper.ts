/** One thread's part of a population: a connection, definitions and a schedule of its own, and stretches of ids to sweep. */
import { loadDefinitions } from './definitions/load.ts';
import { type SweepResult, sweepPage } from './forecasts/sweep-forecasts.ts';
import { createSchedules } from './schedules.ts';
import { openDatabase } from './storage/database.ts';
import { EVERYTHING } from './storage/reach.ts';
import { createVersionClock } from './storage/version-clock.ts';

export interface SweeperOptions {
  readonly root: URL;
  readonly uri: string;
  readonly databaseName: string;
  readonly baseUrl: string;
  readonly schedule: string;
  /** Days since 1970. */
  readonly asOf: number;
}

/** Patient ids after the one, up to the other. */
export interface Stretch {
  readonly after: string;
  readonly upTo: string;
}

export interface Sweeper {
  sweep(stretch: Stretch): Promise<Omit<SweepResult, 'last'>>;
  close(): Promise<void>;
}

export async function createSweeper({
  root,
  uri,
  databaseName,
  baseUrl,
  schedule,
  asOf,
}: SweeperOptions): Promise<Sweeper> {
  const definitions = await loadDefinitions(root);
  const database = await openDatabase(uri, databaseName);
  const store = { database, definitions, baseUrl, clock: createVersionClock(Date.now), reach: EVERYTHING };
  const terms = { schedule: await createSchedules(root, database).schedule(schedule), assessmentDate: asOf };
  const failed = (patientId: string, error: unknown) =>
    process.stderr.write(`Patient/${patientId}: ${error instanceof Error ? error.message : String(error)}\n`);
  return {
    sweep: async ({ after, upTo }) => {
      const total = { done: 0, changed: 0, failed: 0 };
      for (let from: string | undefined = after; from !== undefined && from < upTo; ) {
        const page: SweepResult = await sweepPage({ store, terms, after: from, upTo, everyone: true, failed });
        total.done += page.done;
        total.changed += page.changed;
        total.failed += page.failed;
        from = page.last;
      }
      return total;
    },
    close: () => database.close(),
  };
}
