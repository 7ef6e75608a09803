/** Was the dose given at a valid age (CDSi logic specification 6.4, CALCDTAGE-1, -4, -5). */
import { addDuration, type CalendarDate, type Duration } from '../calendar.ts';
import { isInForce } from '../in-force.ts';
import type { AdministeredDose, Patient } from '../patient.ts';
import type { EvaluationReason } from '../series/patient-series.ts';
import type { AgeRow, SeriesDose } from '../supporting-data.ts';

/** The row of ages that holds on a day. */
export const ageRowInForce = ({ ages }: SeriesDose, anchor: CalendarDate): AgeRow | undefined =>
  ages.find((row) => isInForce(row, anchor));

/** Table 6-15: too young, in the grace period, right (undefined) or too old. */
export function evaluateAge(
  { date }: AdministeredDose,
  target: SeriesDose,
  { birthDate }: Patient,
): EvaluationReason | undefined {
  const row = ageRowInForce(target, date);
  const at = (age: Duration | undefined) => (age === undefined ? undefined : addDuration(birthDate, age));
  const absoluteMinimum = at(row?.absoluteMinimumAge);
  if (absoluteMinimum !== undefined && date < absoluteMinimum) return reason('too-young', absoluteMinimum);
  const minimum = at(row?.minimumAge);
  if (minimum !== undefined && date < minimum) return reason('grace-period', minimum);
  const maximum = at(row?.maximumAge);
  return maximum !== undefined && date >= maximum ? reason('too-old', maximum) : undefined;
}

const reason = (code: EvaluationReason['code'], limit: CalendarDate): EvaluationReason => ({
  code,
  section: '6.4',
  limit,
});
