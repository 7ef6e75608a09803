/** Did the dose keep all preferable intervals (CDSi logic specification 6.5, Table 6-18). */
import { addDuration } from '../calendar.ts';
import { isInForce } from '../in-force.ts';
import type { AdministeredDose } from '../patient.ts';
import type { EvaluationReason, SeriesWalk } from '../series/patient-series.ts';
import type { PreferableInterval, SeriesDose } from '../supporting-data.ts';
import { referenceDate } from './interval-reference.ts';

/** Too soon for one of them, in the grace period of one of them, or right (undefined). */
export function evaluatePreferableInterval(
  dose: AdministeredDose,
  target: SeriesDose,
  walk: SeriesWalk,
): EvaluationReason | undefined {
  let grace: EvaluationReason | undefined;
  for (const interval of target.preferableIntervals) {
    const outcome = isInForce(interval, dose.date) ? evaluateInterval(dose, interval, walk) : undefined;
    if (outcome?.code === 'too-soon') return outcome;
    grace ??= outcome;
  }
  return grace;
}

function evaluateInterval(
  { date, order }: AdministeredDose,
  { reference: from, absoluteMinimumInterval, minimumInterval }: PreferableInterval,
  walk: SeriesWalk,
): EvaluationReason | undefined {
  const reference = referenceDate(from, walk, order);
  if (reference === undefined) return undefined;
  const absolute = absoluteMinimumInterval && addDuration(reference, absoluteMinimumInterval);
  if (absolute !== undefined && date < absolute)
    return { code: 'too-soon', section: '6.5', limit: absolute, reference };
  const minimum = minimumInterval && addDuration(reference, minimumInterval);
  if (minimum === undefined || date >= minimum) return undefined;
  return { code: 'grace-period', section: '6.5', limit: minimum, reference };
}
