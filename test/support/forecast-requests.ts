/** CDC's test cases as requests of $immds-forecast, and as records to store. */
import { readFileSync } from 'node:fs';
import { givenDoses, type TestCase, type TestCaseDose } from '../../src/iis/forecast/conformance/test-case.ts';

const folder = new URL('../../data/cdsi/test-cases/', import.meta.url);

export const testCases: readonly TestCase[] = ['healthy-v4.45.dev.json', 'underlying-conditions-v4.6.dev.json'].flatMap(
  (file) => (JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as { readonly cases: TestCase[] }).cases,
);

export const caseNamed = (id: string): TestCase => {
  const found = testCases.find((testCase) => testCase.id.trim() === id);
  if (found === undefined) throw new Error(`There is no case ${id}.`);
  return found;
};

const GENDERS: Readonly<Record<string, string>> = { F: 'female', M: 'male' };

export const patientOf = ({ id, dob, gender }: TestCase, patientId = id.trim()) => ({
  resourceType: 'Patient',
  id: patientId,
  birthDate: dob,
  gender: GENDERS[gender] ?? 'unknown',
});

export const immunizationOf = ({ number, cvx, mvx, dateAdministered }: TestCaseDose, patientId: string) => ({
  resourceType: 'Immunization',
  id: `${patientId}-${number}`,
  status: 'completed',
  vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: cvx }] },
  patient: { reference: `Patient/${patientId}` },
  occurrenceDateTime: dateAdministered,
  primarySource: true,
  ...(mvx ? { manufacturer: { identifier: { system: 'http://hl7.org/fhir/sid/mvx', value: mvx } } } : {}),
});

export const immunizationsOf = (testCase: TestCase, patientId = testCase.id.trim()) =>
  givenDoses(testCase).map((dose) => immunizationOf(dose, patientId));

export const observationsOf = ({ id, observations = [] }: TestCase, patientId = id.trim()) =>
  observations.map(({ code, date }, index) => ({
    resourceType: 'Observation',
    id: `${patientId}-o${index}`,
    status: 'final',
    code: { coding: [{ system: 'urn:jenner:cdsi-observation', code }] },
    subject: { reference: `Patient/${patientId}` },
    ...(date === null ? {} : { effectiveDateTime: date }),
    valueBoolean: true,
  }));

/** The whole case as the Parameters of a request. */
export const requestOf = (testCase: TestCase, more: readonly object[] = []) => ({
  resourceType: 'Parameters',
  parameter: [
    { name: 'assessmentDate', valueDate: testCase.assessmentDate },
    { name: 'patient', resource: patientOf(testCase) },
    ...immunizationsOf(testCase).map((resource) => ({ name: 'immunization', resource })),
    ...observationsOf(testCase).map((resource) => ({ name: 'observation', resource })),
    ...more,
  ],
});
