/** CDC's test cases as synthetic people with their vaccination histories (CDSi test cases; FHIR R4, bundle.html). */

import type { Resource } from '@medplum/fhirtypes';
import type { LoadEntry, LoadUnit } from '../load/unit.ts';
import { ageInYears } from './concepts.ts';
import { drawFor } from './draw.ts';
import { buildImmunization, isGiven } from './immunization.ts';
import { buildPatient, buildResponsiblePerson, subjectOf } from './patient.ts';
import type { Clinic, ReferenceTables } from './reference-tables.ts';
import type { TestCase } from './test-cases.ts';
import { buildUnderlyingCondition } from './underlying-condition.ts';

/** A person of a test case: the Patient first, then what refers to it. */
export interface SyntheticPerson {
  readonly testCase: TestCase;
  readonly resources: readonly Resource[];
}

/** One person per case. The same cases and tables always give the same people, ids and order of members included. */
export const casesToPeople = (cases: readonly TestCase[], tables: ReferenceTables): readonly SyntheticPerson[] =>
  cases.map((testCase) => toPerson(testCase, tables));

function toPerson(testCase: TestCase, tables: ReferenceTables): SyntheticPerson {
  const clinic = clinicFor(testCase, tables.clinics);
  const patient = buildPatient(testCase, tables.names, clinic);
  const context = { testCase, patient, clinic, tables };
  return {
    testCase,
    resources: [
      patient,
      ...buildResponsiblePerson(testCase, patient, tables.names),
      ...testCase.observations.map((one) => buildUnderlyingCondition(one, context, tables.observations)),
      ...testCase.doses.filter(isGiven).map((dose) => buildImmunization(dose, context)),
    ],
  };
}

/** Whom a specialty (NUCC taxonomy) sees: ages in years, from and until. Specialties not named here see everyone. */
const SEEN_BY: Readonly<Record<string, { readonly from: number; readonly until: number; readonly gender?: string }>> = {
  '208000000X': { from: 0, until: 21 },
  '163WS0200X': { from: 5, until: 19 },
  '207R00000X': { from: 18, until: 200 },
  '207V00000X': { from: 18, until: 200, gender: 'F' },
  '183500000X': { from: 18, until: 200 },
};

function clinicFor(testCase: TestCase, clinics: readonly Clinic[]): Clinic {
  const age = ageInYears(testCase.dob, testCase.assessmentDate);
  const fitting = clinics.filter(({ role }) => {
    const seen = SEEN_BY[role.specialty?.[0]?.coding?.[0]?.code ?? ''];
    return !seen || (age >= seen.from && age < seen.until && (seen.gender ?? testCase.gender) === testCase.gender);
  });
  return drawFor(subjectOf(testCase)).oneOf('clinic', fitting);
}

/** A person's resources as one transaction of puts. */
export function personUnit({ testCase, resources }: SyntheticPerson): LoadUnit {
  const entries = resources.map((resource, index): LoadEntry => {
    const url = `${resource.resourceType}/${resource.id}`;
    return {
      position: { file: `test case ${subjectOf(testCase)}`, entry: index + 1 },
      resourceType: resource.resourceType,
      request: { method: 'PUT', url },
      text: JSON.stringify(resource),
    };
  });
  return { atomic: true, entries };
}
