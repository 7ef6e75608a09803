/** CDC's test cases as data: a patient, doses, and what is expected (data/cdsi/test-cases/README.md). */
import { parseCalendarDate } from '../calendar.ts';
import type { ForecastInput } from '../patient.ts';
import type { Gender } from '../supporting-data.ts';

export interface TestCaseDose {
  readonly number: number;
  /** Null in a slot without a dose. */
  readonly dateAdministered: string | null;
  readonly cvx: string | null;
  readonly mvx?: string | null;
  readonly evaluationStatus: string | null;
  readonly evaluationReason: string | null;
  readonly seriesType?: string | null;
}

export interface TestCase {
  readonly id: string;
  readonly name: string;
  readonly dob: string;
  readonly gender: string;
  readonly observations?: readonly { readonly code: string; readonly date: string | null }[];
  readonly seriesStatus: string;
  readonly doses: readonly TestCaseDose[];
  readonly earliestDate: string | null;
  readonly recommendedDate: string | null;
  readonly pastDueDate: string | null;
  readonly assessmentDate: string;
  readonly normalized: {
    readonly vaccineGroup: string;
    readonly seriesStatus: string;
    readonly forecastDoseNumber: number | null;
  };
}

const GENDERS: Readonly<Record<string, Gender>> = { F: 'female', M: 'male' };

/** The doses that were given, in the order of the case. */
export const givenDoses = ({ doses }: TestCase): readonly TestCaseDose[] =>
  doses.filter(({ dateAdministered, cvx }) => dateAdministered !== null && cvx !== null);

/** The question a case asks of the engine. A dose's id is its number. */
export function toForecastInput(testCase: TestCase): ForecastInput {
  return {
    birthDate: parseCalendarDate(testCase.dob),
    gender: GENDERS[testCase.gender] ?? 'unknown',
    assessmentDate: parseCalendarDate(testCase.assessmentDate),
    dosesAdministered: givenDoses(testCase).map(({ number, cvx, mvx, dateAdministered }) => ({
      id: String(number),
      cvx: cvx ?? '',
      ...(mvx ? { mvx } : {}),
      dateAdministered: parseCalendarDate(dateAdministered ?? ''),
    })),
    observations: (testCase.observations ?? []).map(({ code, date }) => ({
      code,
      ...(date === null ? {} : { date: parseCalendarDate(date) }),
    })),
  };
}
