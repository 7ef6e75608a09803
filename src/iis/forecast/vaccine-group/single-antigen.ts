/** Vaccine groups of one antigen (CDSi logic specification 9.2, SINGLEANTVG-1 and -2). */
import type { CalendarDate } from '../calendar.ts';
import type { PatientSeries, PatientSeriesStatus } from '../series/patient-series.ts';

/** What is still to do comes before what is done, where two series of a type are best. */
const PRECEDENCE: readonly PatientSeriesStatus[] = [
  'not-complete',
  'contraindicated',
  'not-recommended',
  'aged-out',
  'immune',
  'complete',
];

/** The status of the series; where several groups of series have a best one, that of the first in order of need. */
export function singleAntigenStatus(series: readonly PatientSeries[]): PatientSeriesStatus {
  const statuses = new Set(series.map(({ forecast }) => forecast.status));
  return PRECEDENCE.find((status) => statuses.has(status)) ?? 'not-recommended';
}

export const singleAntigenEarliestDate = (due: readonly PatientSeries[]): CalendarDate =>
  Math.min(...due.flatMap(({ forecast }) => forecast.dates?.earliest ?? []));
