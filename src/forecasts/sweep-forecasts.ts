/**
 * Moves the kept forecasts on to a day or a release of the schedule. Most answers stay the same: they are judged from the
 * snapshot of their record, and only where the answer differs the record is read and the forecast stored anew.
 */

import { evaluateAndForecast } from '../iis/forecast/evaluate-and-forecast.ts';
import { digestForecast } from '../iis/forecast/fhir/digest.ts';
import type { ForecastTerms } from '../iis/forecast/fhir/forecast-record.ts';
import type { ForecastInput } from '../iis/forecast/patient.ts';
import { confirmStates, type ForecastState, nextStates } from '../storage/forecast-states.ts';
import type { Store } from '../storage/versions.ts';
import { AT_A_TIME } from './forecast-keeper.ts';
import { digestOf, keepForecasts } from './keep-forecasts.ts';

export interface SweepResult {
  /** Patients that were looked at. */
  readonly done: number;
  /** Those whose forecast is another one now. */
  readonly changed: number;
  /** Patients whose forecast could not be made, each told to `failed`. */
  readonly failed: number;
  /** The last patient id that is done; all up to it are. */
  readonly last: string | undefined;
}

export interface Sweep {
  readonly store: Store;
  readonly terms: ForecastTerms;
  /** Ids after this one; those up to `upTo`, where that is given. */
  readonly after: string;
  readonly upTo?: string | undefined;
  /** Also those that are of that day and schedule already. */
  readonly everyone: boolean;
  readonly failed: (patientId: string, error: unknown) => void;
}

const PAGE = 500;

/** One page of states, in the order of ids. */
export async function sweepPage(sweep: Sweep): Promise<SweepResult> {
  const { store, terms, after, upTo, everyone } = sweep;
  const on = { asOf: terms.assessmentDate, schedule: terms.schedule.version };
  const states = await nextStates(store.database, { after, count: PAGE, upTo }, everyone ? undefined : on);
  const unchanged = states.filter((state) => isUnchanged(state, terms));
  await confirmStates(store.database, unchanged, on);
  const same = new Set(unchanged);
  const others = states.filter((state) => !same.has(state)).map(({ _id }) => _id);
  const failed = await keepAll(sweep, others);
  return { done: states.length, changed: others.length - failed, failed, last: states.at(-1)?._id };
}

/** Judged from the snapshot alone. A record with clinical resources is read anew by another release of the schedule. */
function isUnchanged({ snapshot, schedule, digest }: ForecastState, terms: ForecastTerms): boolean {
  // Who died or has no birth date gets no answer on any day.
  if (digest === undefined) return true;
  if (snapshot === undefined) return false;
  if (snapshot.clinical && schedule !== terms.schedule.version) return false;
  const input = snapshotInput(snapshot.input, terms);
  return digestOf(digestForecast(evaluateAndForecast(input, terms.schedule))) === digest;
}

/** The engine's input of a snapshot on a day. */
export const snapshotInput = (text: string, { assessmentDate }: ForecastTerms): ForecastInput => ({
  ...(JSON.parse(text) as Omit<ForecastInput, 'assessmentDate'>),
  assessmentDate,
});

/** @returns how many could not be made */
async function keepAll({ store, terms, failed }: Sweep, patientIds: readonly string[]): Promise<number> {
  let count = 0;
  for (let at = 0; at < patientIds.length; at += AT_A_TIME) {
    const batch = patientIds.slice(at, at + AT_A_TIME);
    try {
      await keepForecasts(store, batch, terms);
    } catch {
      for (const patientId of batch) {
        const isMade = await keepForecasts(store, [patientId], terms).then(
          () => true,
          (error) => failed(patientId, error),
        );
        if (isMade !== true) count += 1;
      }
    }
  }
  return count;
}
