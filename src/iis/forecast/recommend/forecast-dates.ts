/** The dates, the number and the vaccines of the next dose (CDSi logic specification 7.5, Table 7-13). */
import { addDuration, type CalendarDate, latest } from '../calendar.ts';
import { ageRowInForce } from '../evaluate/age.ts';
import { isWithinAges } from '../organize-history.ts';
import type { ForecastDates, SeriesWalk } from '../series/patient-series.ts';
import type { Cvx, PreferableVaccine, SeriesDose } from '../supporting-data.ts';
import { intervalDates } from './candidate-earliest-date.ts';

/** FORECASTDT-1 to -6. */
export function forecastDates(target: SeriesDose, earliest: CalendarDate, walk: SeriesWalk): ForecastDates {
  const { birthDate, assessmentDate } = walk.patient;
  const ages = ageRowInForce(target, assessmentDate);
  const recommendedAge = ages?.earliestRecommendedAge && addDuration(birthDate, ages.earliestRecommendedAge);
  const recommendedInterval = () =>
    latest(intervalDates(target, walk, ({ earliestRecommendedInterval }) => earliestRecommendedInterval));
  const unadjustedRecommended = recommendedAge ?? recommendedInterval() ?? earliest;
  const pastDue = unadjustedPastDue(target, walk);
  return {
    earliest,
    unadjustedRecommended,
    adjustedRecommended: Math.max(earliest, unadjustedRecommended),
    ...(pastDue === undefined ? {} : { unadjustedPastDue: pastDue, adjustedPastDue: Math.max(earliest, pastDue) }),
    ...(ages?.maximumAge ? { latest: addDuration(birthDate, ages.maximumAge) - 1 } : {}),
  };
}

/** FORECASTDT-3. */
function unadjustedPastDue(target: SeriesDose, walk: SeriesWalk): CalendarDate | undefined {
  const { birthDate, assessmentDate } = walk.patient;
  const age = ageRowInForce(target, assessmentDate)?.latestRecommendedAge;
  const overdue =
    age === undefined
      ? latest(intervalDates(target, walk, ({ latestRecommendedInterval }) => latestRecommendedInterval))
      : addDuration(birthDate, age);
  return overdue === undefined ? undefined : overdue - 1;
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
