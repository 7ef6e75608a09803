/** Should the patient get another dose of the series (CDSi logic specification 7.4, Table 7-10). */
import { addDuration, type CalendarDate, formatCalendarDate } from '../calendar.ts';
import { ageRowInForce } from '../evaluate/age.ts';
import type { ForecastReason, PatientSeriesStatus, SeriesWalk } from '../series/patient-series.ts';
import type { AgeRow, SeriesDose } from '../supporting-data.ts';
import { candidateEarliestDate } from './candidate-earliest-date.ts';
import { type Contraindications, contraindicationOf } from './contraindications.ts';

/** What holds for every series of an antigen. */
export interface AntigenFindings {
  /** The evidence of immunity, in words. */
  readonly immunity: string | undefined;
  readonly contraindications: Contraindications;
}

export type ForecastNeed =
  | {
      readonly isNeeded: false;
      readonly status: Exclude<PatientSeriesStatus, 'not-complete'>;
      readonly reason: ForecastReason;
      readonly because?: string;
    }
  | {
      readonly isNeeded: true;
      readonly target: SeriesDose;
      readonly ages: AgeRow | undefined;
      readonly earliestDate: CalendarDate;
    };

/**
 * The columns of Table 7-10 overlap and no order is given. Asked in this one: immune, contraindicated, nothing left
 * (complete or not recommended), season, age.
 */
export function determineForecastNeed(
  target: SeriesDose | undefined,
  walk: SeriesWalk,
  { immunity, contraindications }: AntigenFindings,
): ForecastNeed {
  if (immunity !== undefined) return noNeed('immune', 'evidence-of-immunity', immunity);
  const contraindication = contraindicationOf(contraindications, walk.series);
  if (contraindication !== undefined) return noNeed('contraindicated', 'contraindication', contraindication);
  if (target === undefined) return nothingLeft(walk);
  return pastSeason(target, walk) ?? pastAge(target, walk);
}

function noNeed(
  status: Exclude<PatientSeriesStatus, 'not-complete'>,
  reason: ForecastReason,
  because?: string,
): ForecastNeed {
  return { isNeeded: false, status, reason, ...(because === undefined ? {} : { because }) };
}

function nothingLeft({ targetDoses }: SeriesWalk): ForecastNeed {
  if (targetDoses.some(({ status }) => status === 'satisfied')) return noNeed('complete', 'series-complete');
  const skipped = targetDoses.at(-1);
  return noNeed(
    'not-recommended',
    'not-recommended-due-to-history',
    skipped?.status === 'skipped' ? skipped.because : '',
  );
}

function pastSeason({ season }: SeriesDose, { patient }: SeriesWalk): ForecastNeed | undefined {
  if (season?.endDate === undefined || patient.assessmentDate <= season.endDate) return undefined;
  return noNeed('not-recommended', 'past-season', `season ended ${formatCalendarDate(season.endDate)}`);
}

function pastAge(target: SeriesDose, walk: SeriesWalk): ForecastNeed {
  const { birthDate, assessmentDate } = walk.patient;
  const ages = ageRowInForce(target, assessmentDate);
  const earliestDate = candidateEarliestDate(target, ages, walk);
  const maximumAge = ages?.maximumAge;
  const maximumAgeDate = maximumAge && addDuration(birthDate, maximumAge);
  if (maximumAgeDate === undefined) return { isNeeded: true, target, ages, earliestDate };
  const because = `maximum age on ${formatCalendarDate(maximumAgeDate)}`;
  if (assessmentDate >= maximumAgeDate) return noNeed('aged-out', 'past-maximum-age', because);
  if (earliestDate >= maximumAgeDate) return noNeed('aged-out', 'unable-to-finish-before-maximum-age', because);
  return { isNeeded: true, target, ages, earliestDate };
}
