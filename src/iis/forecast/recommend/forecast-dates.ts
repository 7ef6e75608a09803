/** The dates, the number and the vaccines of the next dose (CDSi logic specification 7.5, Table 7-13). */
import { addDuration, type CalendarDate } from '../calendar.ts';
import { isWithinAges } from '../organize-history.ts';
import type { ForecastDates, SeriesWalk } from '../series/patient-series.ts';
import type { AgeRow, Cvx, PreferableVaccine, SeriesDose } from '../supporting-data.ts';
import { latestIntervalDate } from './candidate-earliest-date.ts';

/** What the dates are made from. */
export interface DateQuestion {
  readonly target: SeriesDose;
  /** The row of ages in force. */
  readonly ages: AgeRow | undefined;
  readonly earliest: CalendarDate;
  readonly walk: SeriesWalk;
}

/** FORECASTDT-1 to -6. */
export function forecastDates({ target, ages, earliest, walk }: DateQuestion): ForecastDates {
  const { birthDate } = walk.patient;
  const recommendedAge = ages?.earliestRecommendedAge;
  const unadjustedRecommended =
    (recommendedAge
      ? addDuration(birthDate, recommendedAge)
      : latestIntervalDate(target, walk, (interval) => interval.earliestRecommendedInterval)) ?? earliest;
  const overdueAge = ages?.latestRecommendedAge;
  const overdue = overdueAge
    ? addDuration(birthDate, overdueAge)
    : latestIntervalDate(target, walk, (interval) => interval.latestRecommendedInterval);
  return {
    earliest,
    unadjustedRecommended,
    adjustedRecommended: Math.max(earliest, unadjustedRecommended),
    ...(overdue === undefined
      ? {}
      : { unadjustedPastDue: overdue - 1, adjustedPastDue: Math.max(earliest, overdue - 1) }),
    ...(ages?.maximumAge ? { latest: addDuration(birthDate, ages.maximumAge) - 1 } : {}),
  };
}

/** FORECASTDN-1: doses of a season count only once it has begun. */
export function forecastDoseNumber({ targetDoses }: SeriesWalk): number {
  const isCounted = (dose: SeriesWalk['targetDoses'][number]) =>
    dose.status === 'satisfied' && dose.dose.date >= (dose.seriesDose.season?.startDate ?? dose.dose.date);
  return targetDoses.filter(isCounted).length + 1;
}

/** FORECASTRECVAC-1: those to be named, not contraindicated, for the age on the earliest or the recommended date. */
export function recommendedVaccines(
  { preferableVaccines }: SeriesDose,
  dates: ForecastDates,
  {
    birthDate,
    contraindicated,
  }: { readonly birthDate: CalendarDate; readonly contraindicated: ReadonlyMap<Cvx, string> },
): readonly PreferableVaccine[] {
  return preferableVaccines.filter(
    (vaccine) =>
      vaccine.isForecastVaccineType &&
      !contraindicated.has(vaccine.cvx) &&
      (isWithinAges(dates.earliest, birthDate, vaccine) || isWithinAges(dates.adjustedRecommended, birthDate, vaccine)),
  );
}
