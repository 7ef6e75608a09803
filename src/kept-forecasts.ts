/** Puts together what keeps the stored forecasts up to date, where that is wanted and possible (docs/forecast.md). */
import { createForecastKeeper, type ForecastKeeper } from './forecasts/forecast-keeper.ts';
import { type ForecastUpkeep, startForecastUpkeep } from './forecasts/forecast-upkeep.ts';
import { dayOf } from './iis/forecast/calendar.ts';
import type { Log } from './log.ts';
import type { Schedules } from './schedules.ts';
import { translatingErrors } from './storage/database-errors.ts';
import { prepareForecastStates } from './storage/forecast-states.ts';
import type { Store } from './storage/versions.ts';

export interface KeptForecasts {
  readonly keeper: ForecastKeeper;
  startUpkeep(): ForecastUpkeep;
}

interface Wish {
  readonly store: Store;
  readonly schedules: Schedules;
  readonly log: Log;
  readonly wanted: boolean;
}

/** Undefined where nobody wants it, or where the database has no transactions. */
export async function createKeptForecasts({ store, schedules, log, wanted }: Wish): Promise<KeptForecasts | undefined> {
  if (!wanted) return undefined;
  if (!store.database.hasTransactions) {
    log.warn('forecasts are not stored: the database has no transactions');
    return undefined;
  }
  await prepareForecastStates(store.database);
  const today = () => dayOf(new Date());
  const schedule = () => schedules.schedule();
  const failed = (patientId: string, error: unknown) => log.error('a forecast could not be made', { patientId, error });
  const keeper = translatingErrors(createForecastKeeper({ store, schedule, today, failed }));
  return {
    keeper,
    startUpkeep: () =>
      startForecastUpkeep({
        store,
        keeper,
        terms: async () => ({ schedule: await schedule(), assessmentDate: today() }),
        say: log.info,
        complain: log.error,
      }),
  };
}
