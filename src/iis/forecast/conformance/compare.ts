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
import { numberInGroup, principalFirst } from '../vaccine-group/principal-forecast.ts';
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
  const own = forecast.vaccineGroups.filter(({ vaccineGroup }) => vaccineGroup === testCase.normalized.vaccineGroup);
  const [line] = principalFirst(own);
  const { earliest, adjustedRecommended, adjustedPastDue } = line?.dates ?? {};
  const fields: readonly Difference[] = [
    ...givenDoses(testCase).flatMap((dose) => doseFields(dose, { forecast, own, line })),
    { field: 'series status', expected: testCase.normalized.seriesStatus, actual: line ? STATUS[line.status] : null },
    {
      field: 'forecast number',
      expected: testCase.normalized.forecastDoseNumber,
      actual: line ? (numberInGroup(line, own) ?? null) : null,
    },
    { field: 'earliest date', expected: testCase.earliestDate, actual: dateText(earliest) },
    { field: 'recommended date', expected: testCase.recommendedDate, actual: dateText(adjustedRecommended) },
    { field: 'past due date', expected: testCase.pastDueDate, actual: dateText(adjustedPastDue) },
  ];
  return fields.filter(({ expected, actual }) => expected !== actual);
}

const dateText = (date: number | undefined): string | null => (date === undefined ? null : formatCalendarDate(date));

interface Answer {
  readonly forecast: Forecast;
  readonly own: readonly VaccineGroupForecast[];
  readonly line: VaccineGroupForecast | undefined;
}

function doseFields(dose: TestCaseDose, answer: Answer): readonly Difference[] {
  const evaluations = evaluationsOf(dose, answer);
  const verdict = doseVerdict(evaluations);
  const same = evaluations.filter(({ status }) => status === verdict?.status);
  const reasons = same.flatMap((evaluation) => evaluation.reasons).flatMap(({ code }) => REASONS[code] ?? []);
  const expected = foldReason(dose.evaluationReason);
  // Several can hold at once; a case names one.
  const actual = expected !== null && reasons.includes(expected) ? expected : (reasons[0] ?? null);
  return [
    {
      field: `dose ${dose.number} status`,
      expected: dose.evaluationStatus,
      actual: verdict ? EVALUATION_STATUS[verdict.status] : null,
    },
    { field: `dose ${dose.number} reason`, expected, actual },
  ];
}

/**
 * Where a case says by which type of series a dose counts, the verdict is that of this type; otherwise that of the line.
 * A dose of another vaccine group is there for a conflict: its verdict is the one in its own group.
 */
function evaluationsOf(dose: TestCaseDose, { forecast, own, line }: Answer): readonly DoseEvaluation[] {
  const isThis = ({ dose: { given } }: DoseEvaluation) => given.id === String(dose.number);
  const type = dose.seriesType?.toLowerCase();
  const meant = own.find(({ seriesType }) => seriesType === type) ?? line;
  const inGroup = meant?.bestSeries.flatMap(({ patientSeries }) => patientSeries.evaluations).filter(isThis) ?? [];
  return inGroup.length > 0 ? inGroup : forecast.evaluations.filter(isThis);
}

function foldReason(text: string | null): string | null {
  if (text === null) return null;
  const folded = text.toLowerCase().replace(/\s+/g, ' ').trim();
  return folded === 'interval too soon' ? 'interval: too soon' : folded;
}
