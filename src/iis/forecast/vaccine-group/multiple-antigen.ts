/** Vaccine groups of several antigens: MMR and DTaP/Tdap/Td (CDSi logic specification 9.3, Tables 9-4 and 9-5). */
import { type CalendarDate, earliest, later } from '../calendar.ts';
import type { Patient } from '../patient.ts';
import type { ForecastDates, PatientSeries, PatientSeriesStatus } from '../series/patient-series.ts';
import type { VaccineGroup } from '../supporting-data.ts';

const PRECEDENCE: readonly PatientSeriesStatus[] = ['contraindicated', 'aged-out', 'not-recommended', 'not-complete'];

/**
 * Table 9-4, with the condition that it had until 4.3 and CDC's test cases still expect: in a group that isn't given as
 * a whole, one antigen's contraindication doesn't take the others away (Td where pertussis is contraindicated).
 */
export function multipleAntigenStatus(
  series: readonly PatientSeries[],
  { administerFullVaccineGroup }: VaccineGroup,
): PatientSeriesStatus {
  const statuses = new Set(series.map(({ forecast }) => forecast.status));
  if (!administerFullVaccineGroup && statuses.has('not-complete')) statuses.delete('contraindicated');
  const first = PRECEDENCE.find((status) => statuses.has(status));
  return first ?? (statuses.has('complete') ? 'complete' : 'immune');
}

/** FORECASTVG-2 to -6; undefined where no series is due. */
export function multipleAntigenDates(
  group: VaccineGroup,
  due: readonly PatientSeries[],
  patient: Patient,
): ForecastDates | undefined {
  if (due.length === 0) return undefined;
  const dates = due.flatMap(({ forecast }) => forecast.dates ?? []);
  const first = earliestDate(group, due, patient);
  const recommended = earliest(dates.map((entry) => entry.adjustedRecommended)) ?? first;
  const pastDue = earliest(dates.map((entry) => entry.adjustedPastDue));
  const unadjustedPastDue = earliest(dates.map((entry) => entry.unadjustedPastDue));
  const latest = earliest(dates.map((entry) => entry.latest));
  return {
    earliest: first,
    unadjustedRecommended: earliest(dates.map((entry) => entry.unadjustedRecommended)) ?? first,
    adjustedRecommended: Math.max(recommended, first),
    ...(pastDue === undefined ? {} : { adjustedPastDue: Math.max(pastDue, first) }),
    ...(unadjustedPastDue === undefined ? {} : { unadjustedPastDue }),
    ...(latest === undefined ? {} : { latest }),
  };
}

/** MULTIANTVG-1. */
function earliestDate({ antigens }: VaccineGroup, due: readonly PatientSeries[], patient: Patient): CalendarDate {
  const dates = due.flatMap(({ forecast }) => forecast.dates?.earliest ?? []);
  if (!due.some(isPriority)) return Math.max(...dates);
  const lastGiven = antigens.map((antigen) => patient.records.get(antigen)?.at(-1)?.date).reduce(later);
  return Math.max(Math.min(...dates), lastGiven ?? Number.NEGATIVE_INFINITY);
}

/** FORECASTPRIORITY-1. */
function isPriority({ forecast }: PatientSeries): boolean {
  const intervals = forecast.targetDose?.preferableIntervals ?? [];
  return intervals.length > 0 && intervals.every(({ isPriority: flag }) => flag);
}
