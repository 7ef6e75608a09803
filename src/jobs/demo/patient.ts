/** A synthetic person of a test case as a Patient (US Core 6.1.0, us-core-patient). */

import type { Address, ContactPoint, HumanName, Identifier, Patient, RelatedPerson } from '@medplum/fhirtypes';
import { communication, raceAndEthnicity } from './background.ts';
import { absent, ageInYears, concept, referenceTo, usCore } from './concepts.ts';
import { type Draw, demonstrationId, drawFor } from './draw.ts';
import { markedMeta } from './mark.ts';
import type { Clinic, NameLists } from './reference-tables.ts';
import type { TestCase } from './test-cases.ts';

/** The system under which a person carries the id of CDC's test case. */
const TEST_CASE_SYSTEM = 'urn:jenner:cdc-cdsi-test-case';

const REGISTRY_PERSON_SYSTEM = 'urn:jenner:demonstration:registry-person';
const IDENTIFIER_TYPE = 'http://terminology.hl7.org/CodeSystem/v2-0203';

/** A test case with the name of its person, from which all ids and draws follow. */
export const subjectOf = ({ suite, id }: TestCase): string => `${suite}/${id}`;

/** The person of a test case; birth date and gender are the case's own, everything else is invented. */
export function buildPatient(testCase: TestCase, names: NameLists, clinic: Clinic): Patient {
  const draw = drawFor(subjectOf(testCase));
  const female = testCase.gender === 'F';
  const practitioner = clinic.role.practitioner;
  return {
    resourceType: 'Patient',
    id: demonstrationId(`${subjectOf(testCase)}/patient`),
    meta: markedMeta({ profile: [usCore('patient')] }),
    extension: [
      ...raceAndEthnicity(draw),
      { url: usCore('birthsex'), valueCode: female ? 'F' : 'M' },
      { url: usCore('sex'), valueCode: female ? '248152002' : '248153007' },
    ],
    identifier: identifiers(testCase, clinic, draw),
    active: true,
    name: [personName(draw, names, female)],
    telecom: telecom(draw),
    gender: female ? 'female' : 'male',
    birthDate: testCase.dob,
    address: [address(draw, names)],
    communication: communication(draw),
    ...(practitioner ? { generalPractitioner: [practitioner] } : {}),
    managingOrganization: clinic.organization,
  };
}

function identifiers(testCase: TestCase, clinic: Clinic, draw: Draw): Identifier[] {
  const recordNumber = demonstrationId(`${subjectOf(testCase)}/record`)
    .slice(0, 8)
    .toUpperCase();
  return [
    {
      use: 'official',
      type: concept(IDENTIFIER_TYPE, 'SR', 'State registry ID'),
      system: REGISTRY_PERSON_SYSTEM,
      value: `WM-${testCase.id}`,
      assigner: { reference: 'Organization/winnemac-iis' },
    },
    {
      use: 'usual',
      type: concept(IDENTIFIER_TYPE, 'MR', 'Medical record number'),
      system: clinic.recordNumberSystem,
      value: `${recordNumber}-${draw.number('record number', 90) + 10}`,
      assigner: clinic.organization,
    },
    { use: 'secondary', system: TEST_CASE_SYSTEM, value: testCase.id },
  ];
}

function personName(draw: Draw, names: NameLists, female: boolean): HumanName {
  const list = female ? names.female : names.male;
  const first = draw.oneOf('given name', list);
  const middle = draw.oneOf('middle name', list);
  const suffix = !female && draw.chance('suffix', 0.1) ? { suffix: ['Jr.'] } : {};
  const given = middle === first || draw.chance('no middle name', 0.3) ? [first] : [first, middle];
  return { use: 'official', family: draw.oneOf('family name', names.family), given, ...suffix };
}

/** 555-555-01xx is kept free for fiction. */
function telecom(draw: Draw): ContactPoint[] {
  const phone = { system: 'phone', use: 'home' } as const;
  if (draw.chance('no phone number', 0.04)) return [{ ...phone, _value: absent('asked-unknown') } as ContactPoint];
  return [{ ...phone, value: `555-555-01${String(draw.number('phone', 100)).padStart(2, '0')}` }];
}

function address(draw: Draw, names: NameLists): Address {
  const { city, district, postalCode } = draw.oneOf('town', names.city);
  const line = [`${draw.number('house', 980) + 1} ${draw.oneOf('street', names.street)}`];
  return { use: 'home', line, city, district, state: 'WM', postalCode, country: 'US' };
}

const RELATIONSHIPS: readonly (readonly [code: string, display: string, gender: 'female' | 'male'])[] = [
  ['MTH', 'mother', 'female'],
  ['MTH', 'mother', 'female'],
  ['FTH', 'father', 'male'],
  ['GRMTH', 'grandmother', 'female'],
];

/** The responsible person of a child, as reminders need one; grown-up people have none. */
export function buildResponsiblePerson(
  testCase: TestCase,
  patient: Patient,
  names: NameLists,
): readonly RelatedPerson[] {
  if (ageInYears(testCase.dob, testCase.assessmentDate) >= 18) return [];
  const draw = drawFor(`${subjectOf(testCase)}/responsible person`);
  const [code, display, gender] = draw.oneOf('relationship', RELATIONSHIPS);
  const given = [draw.oneOf('given name', gender === 'female' ? names.female : names.male)];
  return [
    {
      resourceType: 'RelatedPerson',
      id: demonstrationId(`${subjectOf(testCase)}/responsible-person`),
      meta: markedMeta({ profile: [usCore('relatedperson')] }),
      active: true,
      patient: referenceTo(patient),
      relationship: [concept('http://terminology.hl7.org/CodeSystem/v3-RoleCode', code, display)],
      name: [{ use: 'official', family: patient.name?.[0]?.family ?? '', given }],
      ...(patient.telecom ? { telecom: patient.telecom } : {}),
      gender,
      ...(patient.address ? { address: patient.address } : {}),
    },
  ];
}
