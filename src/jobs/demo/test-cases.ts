/** CDC's test cases as they come from the workbooks (CDSi test cases: healthy, underlying conditions). */

/** A dose of a test case. An empty slot of the workbook has neither date nor vaccine. */
export interface CaseDose {
  readonly number: number;
  /** ISO calendar date */
  readonly dateAdministered: string | null;
  readonly vaccineName: string | null;
  readonly cvx: string | null;
  readonly mvx: string | null;
}

/** An underlying condition, exposure or contraindication by its CDSi observation code. */
export interface CaseObservation {
  readonly number: number;
  readonly code: string;
  readonly text: string;
  readonly date: string | null;
}

/** A person of the test cases, without what CDC expects of an evaluation: that is for tests, not for a record. */
export interface TestCase {
  readonly suite: string;
  readonly id: string;
  readonly dob: string;
  readonly gender: string;
  readonly doses: readonly CaseDose[];
  readonly observations: readonly CaseObservation[];
  /** The date that plays "today" in the case */
  readonly assessmentDate: string;
}

interface SuiteFile {
  readonly suite: string;
  readonly cases: readonly (Omit<TestCase, 'suite' | 'observations'> & Partial<Pick<TestCase, 'observations'>>)[];
}

/** The cases of one suite's JSON file, which is part of this project. */
export function parseTestCases(text: string): readonly TestCase[] {
  const { suite, cases } = JSON.parse(text) as SuiteFile;
  return cases.map((testCase) => ({ ...testCase, suite, observations: testCase.observations ?? [] }));
}
