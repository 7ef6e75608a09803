/** Holds a forecast against what CDC's test case expects, field by field and to the day. */
import { formatCalendarDate } from '../calendar.ts';
import type { Forecast } from '../evaluate-and-forecast.ts';
import type {
  DoseEvaluation,
  EvaluationReasonCode,
  EvaluationStatus,
  PatientSeriesStatus,
} from '../series/patient-series.ts';
import { doseVerdict } from '../vaccine-group/dose-verdict.ts';
import type { VaccineGroupForecast } from '../vaccine-group/vaccine-group-forecast.ts';
import { givenDoses, type TestCase, type TestCaseDose } from './test-case.ts';

/** A field in which the engine and CDC differ; null stands for nothing. */
export interface Difference {
  readonly field: string;
  readonly expected: string | number | null;
  readonly actual: string | number | null;
}

const STATUS: Readonly<Record<PatientSeriesStatus, string>> = {
  complete: 'Complete',
  immune: 'Immune',
  contraindicated: 'Contraindicated',
  'not-complete': 'Not Complete',
  'not-recommended': 'Not Recommended',
  'aged-out': 'Aged Out',
};

const EVALUATION_STATUS: Readonly<Record<EvaluationStatus, string>> = {
  valid: 'Valid',
  'not-valid': 'Not Valid',
  extraneous: 'Extraneous',
  'sub-standard': 'Sub-standard',
};

/** CDC's words, folded: the files write them in several ways. */
const REASONS: Readonly<Partial<Record<EvaluationReasonCode, string>>> = {
  'too-young': 'age: too young',
  'too-old': 'age: too old',
  'too-soon': 'interval: too soon',
  'vaccine-conflict': 'live virus conflict',
  'inadvertent-vaccine': 'inadvertent vaccine',
  'series-already-complete': 'series already complete',
  'not-preferable-or-allowable': 'not a preferable or allowable vaccine',
  'past-lot-expiration': 'past lot expiration',
  'dose-condition': 'dose condition',
};

export function compareForecast(testCase: TestCase, forecast: Forecast): readonly Difference[] {
  const group = groupForecast(testCase, forecast);
  const fields: readonly Difference[] = [
    ...givenDoses(testCase).flatMap((dose) => doseFields(dose, { forecast, group })),
    { field: 'series status', expected: testCase.normalized.seriesStatus, actual: group ? STATUS[group.status] : null },
    {
      field: 'forecast number',
      expected: testCase.normalized.forecastDoseNumber,
      actual: group?.doseNumber ?? null,
    },
    { field: 'earliest date', expected: testCase.earliestDate, actual: dateText(group?.dates?.earliest) },
    {
      field: 'recommended date',
      expected: testCase.recommendedDate,
      actual: dateText(group?.dates?.adjustedRecommended),
    },
    { field: 'past due date', expected: testCase.pastDueDate, actual: dateText(group?.dates?.adjustedPastDue) },
  ];
  return fields.filter(({ expected, actual }) => expected !== actual);
}

const dateText = (date: number | undefined): string | null => (date === undefined ? null : formatCalendarDate(date));

/**
 * A case has one line where a patient can have a forecast for each series group. The line is that of the risk, where the
 * patient has one; else that in which more of the doses count; else the one that is due first.
 */
function groupForecast(testCase: TestCase, { vaccineGroups }: Forecast): VaccineGroupForecast | undefined {
  const own = vaccineGroups.filter(({ vaccineGroup }) => vaccineGroup === testCase.normalized.vaccineGroup);
  const rank = (forecast: VaccineGroupForecast) => [
    forecast.seriesType === 'risk' ? 0 : 1,
    -validDoses(forecast),
    forecast.dates?.adjustedRecommended ?? Number.MAX_SAFE_INTEGER,
  ];
  return own.toSorted((a, b) => compareRanks(rank(a), rank(b)))[0];
}

const validDoses = ({ bestSeries }: VaccineGroupForecast): number =>
  Math.max(...bestSeries.map(({ patientSeries }) => patientSeries.validDoses));

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, place) => value !== b[place]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

interface Answer {
  readonly forecast: Forecast;
  readonly group: VaccineGroupForecast | undefined;
}

function doseFields(dose: TestCaseDose, { forecast, group }: Answer): readonly Difference[] {
  const isThis = ({ dose: { given } }: DoseEvaluation) => given.id === String(dose.number);
  const inGroup = group?.bestSeries.flatMap(({ patientSeries }) => patientSeries.evaluations).filter(isThis) ?? [];
  // A dose of another group is there for a conflict; the verdict that is expected is the one in its own group.
  const evaluation = doseVerdict(inGroup.length > 0 ? inGroup : forecast.evaluations.filter(isThis));
  const reason = evaluation?.reasons.map(({ code }) => REASONS[code]).find((text) => text !== undefined);
  return [
    {
      field: `dose ${dose.number} status`,
      expected: dose.evaluationStatus,
      actual: evaluation ? EVALUATION_STATUS[evaluation.status] : null,
    },
    { field: `dose ${dose.number} reason`, expected: foldReason(dose.evaluationReason), actual: reason ?? null },
  ];
}

function foldReason(text: string | null): string | null {
  if (text === null) return null;
  const folded = text.toLowerCase().replace(/\s+/g, ' ').trim();
  return folded === 'interval too soon' ? 'interval: too soon' : folded;
}
