/** Did the dose at least keep the allowable intervals (CDSi logic specification 6.6, Table 6-21). */
import { addDuration } from '../calendar.ts';
import { isInForce } from '../in-force.ts';
import type { AdministeredDose } from '../patient.ts';
import type { SeriesWalk } from '../series/patient-series.ts';
import type { AllowableInterval, SeriesDose } from '../supporting-data.ts';
import { referenceDate } from './interval-reference.ts';

/** A target dose without allowable intervals allows none: a false validation is worse than a dose given again. */
export function keepsAllowableIntervals(dose: AdministeredDose, target: SeriesDose, walk: SeriesWalk): boolean {
  const intervals = target.allowableIntervals.filter((interval) => isInForce(interval, dose.date));
  return intervals.length > 0 && intervals.every((interval) => keeps(dose, interval, walk));
}

function keeps({ date, order }: AdministeredDose, interval: AllowableInterval, walk: SeriesWalk): boolean {
  const reference = referenceDate(interval.reference, walk, order);
  if (reference === undefined || interval.absoluteMinimumInterval === undefined) return true;
  return date >= addDuration(reference, interval.absoluteMinimumInterval);
}
