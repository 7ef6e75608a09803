/** What is due as an ImmunizationRecommendation resource (ImmDS 2.0.0, immds-immunizationrecommendation). */
import { type CalendarDate, formatCalendarDate } from '../calendar.ts';
import type { Forecast } from '../evaluate-and-forecast.ts';
import { explainGroup, FORECAST } from '../explain.ts';
import type { ForecastDates, ForecastReason, PatientSeriesStatus } from '../series/patient-series.ts';
import type { Cvx, PreferableVaccine, VaccineGroup } from '../supporting-data.ts';
import { numberInGroup, principalFirst } from '../vaccine-group/principal-forecast.ts';
import type { VaccineGroupForecast } from '../vaccine-group/vaccine-group-forecast.ts';
import { groupVaccine } from './group-vaccine.ts';
import { containedDoses, doseReference, type Subject } from './subject.ts';
import {
  CVX,
  FORECAST_REASON,
  FORECAST_STATUS,
  LOINC,
  RECOMMENDATION_PROFILE,
  RECOMMENDATION_STATUS,
  SCHEDULE_TAG,
  TRACE_EXTENSION,
} from './systems.ts';
import { targetDisease } from './target-disease.ts';

const STATUS: Readonly<Record<PatientSeriesStatus, readonly [code: string, display: string]>> = {
  complete: ['complete', 'Complete'],
  immune: ['immune', 'Immune'],
  contraindicated: ['contraindicated', 'Contraindicated'],
  'not-complete': ['notComplete', 'Not Complete'],
  'not-recommended': ['notRecommended', 'Not Recommended'],
  'aged-out': ['agedOut', 'Aged Out'],
};

/** The tag that says by which release of the schedule an answer was made. */
export const scheduleTag = (version: string) => ({ system: SCHEDULE_TAG, code: version });

/** One entry for each forecast, and one for each vaccine group that nothing is forecast for. */
export function buildRecommendation(
  forecast: Forecast,
  vaccineGroups: readonly VaccineGroup[],
  subject: Subject,
): Readonly<Record<string, unknown>> {
  const entries = vaccineGroups.flatMap((group) => {
    const own = principalFirst(forecast.vaccineGroups.filter(({ vaccineGroup }) => vaccineGroup === group.name));
    if (own.length === 0) return [withoutSeries(group, forecast)];
    return own.map((entry) => buildEntry(entry, { group, own, forecast }));
  });
  const doses = forecast.evaluations.map(({ dose }) => dose.given.id ?? '');
  return {
    resourceType: 'ImmunizationRecommendation',
    meta: { profile: [RECOMMENDATION_PROFILE], tag: [scheduleTag(forecast.scheduleVersion)] },
    ...containedDoses([...new Set(doses)], subject),
    patient: subject.patient,
    date: formatCalendarDate(forecast.patient.assessmentDate),
    authority: { display: 'CDC' },
    recommendation: entries,
  };
}

interface Place {
  readonly group: VaccineGroup;
  /** All forecasts of the group. */
  readonly own: readonly VaccineGroupForecast[];
  readonly forecast: Forecast;
}

/** A group of which the schedule has no series for this patient: say, a vaccine for travellers. */
function withoutSeries(group: VaccineGroup, forecast: Forecast): object {
  return {
    ...vaccineCodes(group, [], forecast),
    ...diseaseOf(group),
    forecastStatus: statusConcept('not-recommended', undefined, forecast),
    forecastReason: [{ text: 'the schedule recommends this vaccine for other ages or risks than this patient has' }],
    description: `${group.name}: no series of the schedule is meant for this patient.`,
  };
}

function buildEntry(entry: VaccineGroupForecast, { group, own, forecast }: Place): object {
  const number = numberInGroup(entry, own);
  const trace = explainGroup(entry, forecast);
  return {
    extension: [{ url: TRACE_EXTENSION, valueString: trace.join('\n') }],
    ...vaccineCodes(group, entry.recommendedVaccines, forecast, entry.dates?.adjustedRecommended),
    ...diseaseOf(group),
    ...contraindicatedCodes(entry, forecast),
    forecastStatus: statusConcept(entry.status, entry.dates, forecast),
    forecastReason: reasonConcepts(entry),
    ...(entry.dates === undefined ? {} : { dateCriterion: dateCriteria(entry.dates) }),
    description: trace.find((line) => line.startsWith(`${group.name}, `)) ?? group.name,
    series: entry.bestSeries.map(({ patientSeries }) => patientSeries.series.name).join('; '),
    ...(number === undefined ? {} : { doseNumberPositiveInt: number }),
    ...seriesDoses(entry),
    ...supporting(entry),
  };
}

/** Of a group of several antigens the vaccine says more than any one disease. */
const diseaseOf = ({ antigens: [first = '', ...others] }: VaccineGroup) =>
  others.length === 0 ? { targetDisease: targetDisease(first) } : {};

/** The group's vaccine without a formulation, then the products that the schedule names. */
function vaccineCodes(
  group: VaccineGroup,
  products: readonly PreferableVaccine[],
  { patient }: Forecast,
  date: CalendarDate = patient.assessmentDate,
): { readonly vaccineCode?: readonly object[] } {
  const unspecified = groupVaccine(group, { birthDate: patient.birthDate, date }, patient.schedule);
  const codes = [...(unspecified === undefined ? [] : [unspecified]), ...products.map(({ cvx }) => cvx)];
  if (codes.length === 0) return { vaccineCode: [{ text: group.name }] };
  return {
    vaccineCode: [...new Set(codes)].map((cvx, index) =>
      vaccineConcept(cvx, patient.schedule, index === 0 ? group.name : undefined),
    ),
  };
}

function vaccineConcept(cvx: Cvx, { vaccines }: Forecast['patient']['schedule'], text?: string): object {
  const display = vaccines.get(cvx)?.name;
  const coding = [{ system: CVX, code: cvx, ...(display === undefined ? {} : { display }) }];
  return text === undefined ? { coding } : { coding, text };
}

/** Products that the patient must not be given though the series goes on. */
function contraindicatedCodes({ bestSeries }: VaccineGroupForecast, { antigens, patient }: Forecast) {
  if (patient.observations.size === 0) return {};
  const own = new Set(bestSeries.map(({ patientSeries }) => patientSeries.series.antigen));
  const codes = antigens
    .filter(({ antigen }) => own.has(antigen))
    .flatMap(({ findings }) => [...findings.contraindications.vaccines.keys()]);
  if (codes.length === 0) return {};
  return { contraindicatedVaccineCode: [...new Set(codes)].map((cvx) => vaccineConcept(cvx, patient.schedule)) };
}

function statusConcept(status: PatientSeriesStatus, dates: ForecastDates | undefined, { patient }: Forecast): object {
  const [code, display] = STATUS[status];
  const own = baseStatus(status, dates, patient.assessmentDate);
  return {
    coding: [
      { system: FORECAST_STATUS, code, display },
      ...(own === undefined ? [] : [{ system: RECOMMENDATION_STATUS, code: own[0], display: own[1] }]),
    ],
    text: display,
  };
}

/** R4's own status, by which due and overdue people are searched for. A dose that can't be given yet has none. */
function baseStatus(
  status: PatientSeriesStatus,
  dates: ForecastDates | undefined,
  today: CalendarDate,
): readonly [string, string] | undefined {
  if (status === 'complete') return ['complete', 'Complete'];
  if (status === 'immune') return ['immune', 'Immune'];
  if (status === 'contraindicated') return ['contraindicated', 'Contraindicated'];
  if (dates?.adjustedPastDue !== undefined && dates.adjustedPastDue < today) return ['overdue', 'Overdue'];
  return dates !== undefined && dates.adjustedRecommended <= today ? ['due', 'Due'] : undefined;
}

const REASON: Readonly<Partial<Record<ForecastReason, readonly [code: string, display: string]>>> = {
  'series-complete': ['complete', 'Complete'],
  'not-recommended-due-to-history': ['notRecommended', 'Not Recommended'],
  'past-season': ['seasonalPast', 'Seasonal End Date Passed'],
  'past-maximum-age': ['maximumAge', 'Maximum Age Exceeded'],
  'unable-to-finish-before-maximum-age': ['maximumAge', 'Maximum Age Exceeded'],
};

/** Each reason once, with what it rests on. */
function reasonConcepts({ reasons, bestSeries }: VaccineGroupForecast): readonly object[] {
  const isSeasonal = bestSeries.some(({ patientSeries }) => patientSeries.series.doses.some(({ season }) => season));
  const concepts = reasons.map(({ reason, because }) => {
    const [code, display] =
      reason === 'series-complete' && isSeasonal
        ? (['seasonalComplete', 'Complete for the Season'] as const)
        : (REASON[reason] ?? []);
    const text = because === undefined ? FORECAST[reason] : `${FORECAST[reason]} (${because})`;
    return code === undefined ? { text } : { coding: [{ system: FORECAST_REASON, code, display }], text };
  });
  return [...new Map(concepts.map((concept) => [JSON.stringify(concept), concept])).values()];
}

const EARLIEST = criterionCode('30981-5', 'Earliest date to give');
const RECOMMENDED = criterionCode('30980-7', 'Date vaccine due');
const PAST_DUE = criterionCode('59778-1', 'Date when overdue for immunization');
const LATEST = criterionCode('59777-3', 'Latest date to give immunization');

function criterionCode(code: string, display: string): object {
  return { coding: [{ system: LOINC, code, display }] };
}

/** Only of a dose that is still to come; a date that nothing limits is left out. */
function dateCriteria({ earliest, adjustedRecommended, adjustedPastDue, latest }: ForecastDates): readonly object[] {
  const criterion = (code: object, date: CalendarDate | undefined) =>
    date === undefined ? [] : [{ code, value: formatCalendarDate(date) }];
  return [
    ...criterion(EARLIEST, earliest),
    ...criterion(RECOMMENDED, adjustedRecommended),
    ...criterion(PAST_DUE, adjustedPastDue),
    ...criterion(LATEST, latest),
  ];
}

/** The doses of the series; a series that recurs has no number of them. */
function seriesDoses({ bestSeries }: VaccineGroupForecast): object {
  const doses = bestSeries.map(({ patientSeries }) => patientSeries.series.doses);
  if (doses.some((all) => all.some(({ isRecurring }) => isRecurring))) return {};
  return { seriesDosesPositiveInt: Math.max(...doses.map(({ length }) => length)) };
}

/** The doses that were held against the series, whatever became of them. */
function supporting({ bestSeries }: VaccineGroupForecast): object {
  const names = bestSeries.flatMap(({ patientSeries }) =>
    patientSeries.evaluations.map(({ dose }) => dose.given.id ?? ''),
  );
  return names.length === 0 ? {} : { supportingImmunization: [...new Set(names)].map(doseReference) };
}
