/** A patient's way through one antigen series: target doses, evaluations, and what comes next (CDSi 4.4, 6, 7). */
import type { CalendarDate } from '../calendar.ts';
import type { AdministeredDose, Patient } from '../patient.ts';
import type { AntigenSeries, PreferableVaccine, SeriesDose } from '../supporting-data.ts';

export type EvaluationStatus = 'valid' | 'not-valid' | 'extraneous' | 'sub-standard';

/** Why a dose got its verdict: CDSi's evaluation reasons. */
export type EvaluationReasonCode =
  | 'past-lot-expiration'
  | 'dose-condition'
  | 'inadvertent-vaccine'
  | 'too-young'
  | 'too-old'
  | 'too-soon'
  | 'vaccine-conflict'
  | 'not-preferable-or-allowable'
  | 'series-already-complete'
  | 'grace-period'
  | 'less-than-recommended-volume';

export interface EvaluationReason {
  readonly code: EvaluationReasonCode;
  /** The section of the logic specification that gave it: `6.4`. */
  readonly section: string;
  /** The date that the date given was compared with. */
  readonly limit?: CalendarDate;
  /** The date the limit was counted from, where that isn't the birth date. */
  readonly reference?: CalendarDate;
}

/** The verdict on a dose within one series. */
export interface DoseEvaluation {
  readonly dose: AdministeredDose;
  readonly series: AntigenSeries;
  /** The target dose it was held against; absent where the series had none left. */
  readonly targetDoseNumber?: number;
  readonly status: EvaluationStatus;
  readonly reasons: readonly EvaluationReason[];
}

/** A target dose that is dealt with. Those that are not are the series doses from `next` on. */
export type TargetDose =
  | { readonly status: 'satisfied'; readonly seriesDose: SeriesDose; readonly dose: AdministeredDose }
  | { readonly status: 'skipped'; readonly seriesDose: SeriesDose; readonly because: string };

/** The state while a series is walked through; its lists only grow. */
export interface SeriesWalk {
  readonly patient: Patient;
  readonly series: AntigenSeries;
  /** Of the series' antigen, by date. */
  readonly records: readonly AdministeredDose[];
  /** Groups of the same antigen in which a series is complete, with the date of the dose that made it so. */
  readonly completedGroups: ReadonlyMap<string, CalendarDate>;
  readonly evaluations: DoseEvaluation[];
  readonly targetDoses: TargetDose[];
  /** Index of the current target dose in the series. A recurring dose that is satisfied stays: the next one is its copy. */
  next: number;
}

export type PatientSeriesStatus =
  | 'complete'
  | 'immune'
  | 'contraindicated'
  | 'not-complete'
  | 'not-recommended'
  | 'aged-out';

/** Why a series is forecast as it is: CDSi's forecast reasons (Table 7-10). */
export type ForecastReason =
  | 'series-complete'
  | 'not-recommended-due-to-history'
  | 'evidence-of-immunity'
  | 'contraindication'
  | 'past-season'
  | 'past-maximum-age'
  | 'unable-to-finish-before-maximum-age'
  | 'dose-due';

/** The dates of a forecast (FORECASTDT-1 to -6). */
export interface ForecastDates {
  readonly earliest: CalendarDate;
  readonly unadjustedRecommended: CalendarDate;
  readonly unadjustedPastDue?: CalendarDate;
  readonly adjustedRecommended: CalendarDate;
  readonly adjustedPastDue?: CalendarDate;
  readonly latest?: CalendarDate;
}

export interface SeriesForecast {
  readonly status: PatientSeriesStatus;
  readonly reason: ForecastReason;
  /** What the reason rests on, in words: an observation, a season, a date. */
  readonly because?: string;
  /** Only where the status is `not-complete`, as are the following. */
  readonly dates?: ForecastDates;
  readonly targetDose?: SeriesDose;
  readonly doseNumber?: number;
  readonly recommendedVaccines?: readonly PreferableVaccine[];
}

/** A relevant patient series, evaluated and forecast. */
export interface PatientSeries {
  readonly series: AntigenSeries;
  readonly evaluations: readonly DoseEvaluation[];
  readonly targetDoses: readonly TargetDose[];
  /** Target doses not satisfied and not skipped. */
  readonly remaining: readonly SeriesDose[];
  readonly validDoses: number;
  readonly forecast: SeriesForecast;
}

/** The target dose that comes next, undefined where none is left. */
export const currentTargetDose = ({ series, next }: SeriesWalk): SeriesDose | undefined => series.doses[next];

/** Passes over the current target dose. */
export function skipTargetDose(walk: SeriesWalk, because: string): void {
  const seriesDose = currentTargetDose(walk);
  if (seriesDose === undefined) return;
  walk.targetDoses.push({ status: 'skipped', seriesDose, because });
  walk.next += 1;
}

/** The series groups of these series, each once, in order. */
export function seriesGroupsOf(all: readonly PatientSeries[]): readonly string[] {
  const [first] = all;
  if (first === undefined) return [];
  const isOne = all.every(({ series }) => series.group === first.series.group);
  return isOne ? [first.series.group] : [...new Set(all.map(({ series }) => series.group))].toSorted();
}
