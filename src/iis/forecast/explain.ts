/** Tells in plain words how a forecast came about: what each dose counted for, and why what is due is due. */
import { formatCalendarDate } from './calendar.ts';
import type { AntigenForecast, Forecast } from './evaluate-and-forecast.ts';
import type { NotEvaluatedDose, NotEvaluatedReason, PartialDate } from './patient.ts';
import type {
  DoseEvaluation,
  EvaluationReason,
  EvaluationReasonCode,
  ForecastDates,
  ForecastReason,
  PatientSeries,
  SeriesForecast,
  TargetDose,
} from './series/patient-series.ts';
import type { Prioritized } from './series/prioritize.ts';
import { administrativeGuidance } from './vaccine-group/guidance.ts';
import type { VaccineGroupForecast } from './vaccine-group/vaccine-group-forecast.ts';

const NOT_EVALUATED: Readonly<Record<NotEvaluatedReason, string>> = {
  'vaccine-unknown': 'the schedule knows no such vaccine',
  'date-not-known-to-the-day': 'its date is not known to the day',
  'before-birth': 'it is dated before birth',
  'after-assessment-date': 'it is dated after the assessment date',
  'no-antigen-at-this-age': 'the vaccine stands for no antigen at this age',
};

const EVALUATION: Readonly<Record<EvaluationReasonCode, string>> = {
  'past-lot-expiration': 'the lot had expired',
  'dose-condition': 'the dose has a condition that it must not be counted with',
  'inadvertent-vaccine': 'the vaccine is not meant for this dose',
  'too-young': 'too young',
  'too-old': 'too old',
  'too-soon': 'too soon',
  'vaccine-conflict': 'too close to another vaccine',
  'not-preferable-or-allowable': 'the vaccine is neither preferable nor allowable',
  'series-already-complete': 'the series was already complete',
  'grace-period': 'within the grace period',
  'less-than-recommended-volume': 'less than the recommended volume',
};

/** Forecast reasons in plain words. */
export const FORECAST: Readonly<Record<ForecastReason, string>> = {
  'series-complete': 'no further dose is needed',
  'not-recommended-due-to-history': 'not recommended at this time due to past immunization history',
  'evidence-of-immunity': 'there is evidence of immunity',
  contraindication: 'there is a contraindication',
  'past-season': 'the season is over',
  'past-maximum-age': 'the maximum age is exceeded',
  'unable-to-finish-before-maximum-age': 'the series can not be finished before the maximum age',
  'dose-due': 'a dose is due',
};

/** The trace of a forecast, a line for each fact; lines that belong to one above are indented by two spaces. */
export function explain(forecast: Forecast): readonly string[] {
  const { patient, scheduleVersion } = forecast;
  return [
    `Schedule ${scheduleVersion}; born ${formatCalendarDate(patient.birthDate)}, ` +
      `assessed on ${formatCalendarDate(patient.assessmentDate)}.`,
    ...patient.notEvaluated.map(explainNotEvaluated),
    ...forecast.antigens.flatMap(explainAntigen),
    ...forecast.vaccineGroups.flatMap((group) => explainVaccineGroup(group, forecast)),
  ];
}

function dateText(date: number | PartialDate): string {
  if (typeof date === 'number') return formatCalendarDate(date);
  if (date.year === undefined) return 'an unknown day';
  return date.month === undefined ? `${date.year}` : `${date.year}-${String(date.month).padStart(2, '0')}`;
}

function explainAntigen(antigen: AntigenForecast): readonly string[] {
  return antigen.bestSeries.flatMap((best) => explainBest(best, antigen));
}

function explainBest({ patientSeries: best, because }: Prioritized, of: AntigenForecast): readonly string[] {
  const others = of.patientSeries.filter((entry) => entry !== best && entry.series.group === best.series.group);
  return [
    `${of.antigen}: ${best.series.name} (${because}).`,
    ...others.map((entry) => `  Compared with ${entry.series.name}: ${summary(entry)}.`),
    ...best.evaluations.map((evaluation) => `  ${explainEvaluation(evaluation)}`),
    ...best.targetDoses.flatMap(explainSkip),
    `  ${explainForecast(best.forecast)}`,
  ];
}

/** The part of the trace that is about one vaccine group's forecast. */
export function explainGroup(group: VaccineGroupForecast, forecast: Forecast): readonly string[] {
  const ofSeries = group.bestSeries.flatMap((best) => {
    const antigen = forecast.antigens.find((entry) => entry.antigen === best.patientSeries.series.antigen);
    return antigen ? explainBest(best, antigen) : [];
  });
  return [...ofSeries, ...explainVaccineGroup(group, forecast)];
}

/** Why a dose is in no evaluation. */
export const explainNotEvaluated = ({ given, reason }: NotEvaluatedDose): string =>
  `CVX ${given.cvx} on ${dateText(given.dateAdministered)} is not evaluated: ${NOT_EVALUATED[reason]}.`;

const summary = ({ forecast, validDoses }: PatientSeries): string =>
  `${forecast.status.replace('-', ' ')}, ${validDoses} valid ${validDoses === 1 ? 'dose' : 'doses'}`;

/** The verdict on a dose, with its reasons. */
export function explainEvaluation({ dose, status, targetDoseNumber, reasons }: DoseEvaluation): string {
  const target = targetDoseNumber === undefined ? '' : ` for dose ${targetDoseNumber}`;
  const because = reasons.length === 0 ? '' : `: ${reasons.map(explainReason).join('; ')}`;
  return `CVX ${dose.cvx} on ${formatCalendarDate(dose.date)} is ${status.replace('-', ' ')}${target}${because}.`;
}

/** A reason with the dates that were compared, and the section of the specification. */
export function explainReason({ code, section, limit, reference }: EvaluationReason): string {
  const from = reference === undefined ? '' : `, counted from ${formatCalendarDate(reference)}`;
  const compared = limit === undefined ? '' : ` (limit ${formatCalendarDate(limit)}${from})`;
  return `${EVALUATION[code]}${compared} [${section}]`;
}

const explainSkip = (target: TargetDose): readonly string[] =>
  target.status === 'skipped' ? [`  Dose ${target.seriesDose.number} is skipped: ${target.because}`] : [];

function explainForecast({ status, reason, because, dates, targetDose, doseNumber }: SeriesForecast): string {
  const words = `${status.replace('-', ' ')}: ${FORECAST[reason]}${because ? ` (${because})` : ''}`;
  if (dates === undefined || targetDose === undefined) return `The series is ${words}.`;
  return `The series is ${words}: number ${doseNumber}, target dose ${targetDose.number}, ${datesText(dates)}.`;
}

const datesText = ({ earliest, adjustedRecommended, adjustedPastDue, latest }: ForecastDates): string =>
  [
    `from ${formatCalendarDate(earliest)}`,
    `recommended ${formatCalendarDate(adjustedRecommended)}`,
    ...(adjustedPastDue === undefined ? [] : [`past due ${formatCalendarDate(adjustedPastDue)}`]),
    ...(latest === undefined ? [] : [`latest ${formatCalendarDate(latest)}`]),
  ].join(', ');

function explainVaccineGroup(group: VaccineGroupForecast, forecast: Forecast): readonly string[] {
  const due = group.dates === undefined ? '' : `, dose ${group.doseNumber}, ${datesText(group.dates)}`;
  const vaccines = group.recommendedVaccines.map(({ vaccineType, cvx }) => `${vaccineType} (CVX ${cvx})`);
  return [
    `${group.vaccineGroup}, ${group.seriesType} series: ${group.status.replace('-', ' ')}${due}.`,
    ...(vaccines.length === 0 ? [] : [`  Recommended: ${vaccines.join('; ')}.`]),
    ...administrativeGuidance(group, forecast).map((text) => `  ${text}`),
  ];
}
