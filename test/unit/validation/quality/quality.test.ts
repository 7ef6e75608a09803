/** The registry's rules of data quality: each is found broken where it is, and only there (docs/profiles.md). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadQualityTables } from '../../../../src/definitions/quality-tables.ts';
import { createQualityValidation } from '../../../../src/validation/quality/quality-validation.ts';
import { fixtures, root, terminology } from '../held.ts';
import { type Json, mutations } from '../mutations.ts';

const validate = createQualityValidation(loadQualityTables(root));
const now = Date.parse('2025-06-01T12:00:00Z');
const find = (resource: Json) => validate(resource, { terminology, now });
const idsOf = (resource: Json): readonly string[] => find(resource).map(({ id }) => id);

const cvx = (...codes: readonly string[]) => ({
  coding: codes.map((code) => ({ system: 'http://hl7.org/fhir/sid/cvx', code })),
});
const MVX = 'http://hl7.org/fhir/sid/mvx';

/** A dose that a clinic gave, with all that a registry wants: Fluzone, which is CVX 140 of Sanofi Pasteur. */
const dose: Json = {
  resourceType: 'Immunization',
  status: 'completed',
  primarySource: true,
  patient: { reference: '#p' },
  contained: [{ resourceType: 'Patient', id: 'p', birthDate: '1980-03-04' }],
  vaccineCode: cvx('140'),
  occurrenceDateTime: '2024-10-05',
  recorded: '2024-10-06',
  lotNumber: 'U4123AA',
  expirationDate: '2025-06-30',
  manufacturer: { identifier: { system: MVX, value: 'PMC' } },
  doseQuantity: { value: 0.5, unit: 'mL' },
  site: { text: 'left arm' },
  route: { text: 'intramuscular' },
  performer: [{ actor: { reference: 'Practitioner/1' } }],
  location: { reference: 'Location/1' },
  education: [{ reference: 'http://example.org/flu.pdf' }],
};
const born = (birthDate: string, more: object = {}) => ({
  contained: [{ resourceType: 'Patient', id: 'p', birthDate, ...more }],
});
const without = (name: string): Json => Object.fromEntries(Object.entries(dose).filter(([key]) => key !== name));

describe('a dose that a clinic gave', () => {
  it('is beyond reproach where nothing is missing', () => {
    expect(find(dose)).toEqual([]);
  });

  const PHIN = 'urn:oid:2.16.840.1.114222.4.5.274';
  const V64 = 'http://terminology.hl7.org/CodeSystem/v2-0064';
  const eligible = (code: string) => [{ coding: [{ system: V64, code }] }];
  const funded = (code: string) => ({ coding: [{ system: PHIN, code }] });
  const coded = (...more: readonly object[]) => ({ coding: [...cvx('140').coding, ...more] });
  const ndc = (code: string) => ({ system: 'http://hl7.org/fhir/sid/ndc', code });

  it.each<readonly [string, string, object]>([
    ['DQ-003', 'is dated in the future', { occurrenceDateTime: '2025-06-04', recorded: '2025-06-04' }],
    ['DQ-003', 'is dated three hours ahead', { occurrenceDateTime: '2025-06-01T15:30:00Z', recorded: '2025-06-02' }],
    ['DQ-004', 'is dated before birth', born('2024-10-06')],
    ['DQ-005', 'is dated after death', born('1980-03-04', { deceasedDateTime: '2024-10-04' })],
    ['DQ-006', 'is dated after it was recorded', { recorded: '2024-10-04' }],
    [
      'DQ-007',
      'is dated before the product was in use',
      { occurrenceDateTime: '1950-01-05', recorded: '2024-10-06', ...born('1949-01-01') },
    ],
    ['DQ-008', 'is given too early in life', born('2024-09-20')],
    ['DQ-011', 'is given on the day of birth', born('2024-10-05')],
    ['DQ-014', 'has no CVX code', { vaccineCode: { text: 'flu' } }],
    ['DQ-014', 'has a code that is not in the edition', { vaccineCode: cvx('9999') }],
    ['DQ-015', 'has a code that leaves the formulation open', { vaccineCode: cvx('88') }],
    ['DQ-016', 'has a code for no product', { vaccineCode: cvx('998') }],
    ['DQ-018', 'has the NDC code of another vaccine', { vaccineCode: coded(ndc('00005-0100-01')) }],
    ['DQ-020', 'has an NDC code of five digits', { vaccineCode: coded(ndc('12345')) }],
    [
      'DQ-022',
      'is of a manufacturer that does not make it',
      { manufacturer: { identifier: { system: MVX, value: 'MSD' } } },
    ],
    ['DQ-024', 'has odd characters in its lot number', { lotNumber: 'U41#23AA' }],
    ['DQ-025', 'has a lot number of three characters', { lotNumber: 'U41' }],
    ['DQ-026', 'has a prefix before its lot number', { lotNumber: 'LOT U4123' }],
    ['DQ-027', 'has a suffix after its lot number', { lotNumber: 'U4123AA-VFC' }],
    ['DQ-028', 'has two lot numbers', { lotNumber: 'U4123AA, U4124AA' }],
    ['DQ-031', 'was given after its lot had expired', { expirationDate: '2024-10-01' }],
    ['DQ-035', 'has a volume of a litre', { doseQuantity: { value: 1000, unit: 'mL' } }],
    ['DQ-039', 'has the origin of a report of others', { reportOrigin: { text: 'card' } }],
    ['DQ-043', 'is partial without a reason', { isSubpotent: true }],
    ['DQ-044', 'is of public stock without eligibility', { fundingSource: funded('VXC51') }],
    [
      'DQ-045',
      'has funding that does not go with the eligibility',
      { fundingSource: funded('VXC51'), programEligibility: eligible('V01') },
    ],
    ['DQ-046', 'is given to an adult in the programme for children', { programEligibility: eligible('V02') }],
  ])('is told of by %s where it %s', (id, _what, change) => {
    expect(idsOf({ ...dose, ...change })).toContain(id);
  });

  it.each([
    ['DQ-001', 'occurrenceDateTime'],
    ['DQ-021', 'manufacturer'],
    ['DQ-023', 'lotNumber'],
    ['DQ-032', 'expirationDate'],
    ['DQ-035', 'doseQuantity'],
    ['DQ-036', 'performer'],
    ['DQ-037', 'location'],
    ['DQ-047', 'education'],
  ])('is told of by %s where %s is missing', (id, name) => {
    expect(idsOf(without(name))).toContain(id);
  });

  it('is not compared with a patient that did not come with it', () => {
    expect(idsOf({ ...dose, patient: { reference: 'Patient/elsewhere' }, ...born('2030-01-01') })).toEqual([]);
  });

  it('is compared with the patient of its Bundle', () => {
    const entry = [
      { fullUrl: 'urn:uuid:1', resource: { resourceType: 'Patient', birthDate: '2024-12-01' } },
      { resource: { ...dose, patient: { reference: 'urn:uuid:1' } } },
    ];
    const found = find({ resourceType: 'Bundle', type: 'collection', entry });
    expect(found.find(({ id }) => id === 'DQ-004')?.expression).toBe('Bundle.entry[1].resource.occurrence');
  });

  it('is nobody’s concern once it was entered in error', () => {
    expect(find({ ...without('lotNumber'), status: 'entered-in-error', occurrenceDateTime: '2999-01-01' })).toEqual([]);
  });
});

describe('other doses', () => {
  it('may leave out what only who gave them knows', () => {
    const historical = {
      resourceType: 'Immunization',
      status: 'completed',
      primarySource: false,
      vaccineCode: cvx('140'),
    };
    expect(idsOf({ ...historical, occurrenceDateTime: '2018-10-05', reportOrigin: { text: 'card' } })).toEqual([]);
  });

  it('look administered with every detail', () => {
    expect(idsOf({ ...dose, primarySource: false })).toContain('DQ-039');
  });

  it('need a reason where they were not given', () => {
    const refused = {
      resourceType: 'Immunization',
      status: 'not-done',
      vaccineCode: cvx('140'),
      occurrenceDateTime: '2024-10-05',
    };
    expect(idsOf(refused)).toEqual(['DQ-042']);
    expect(idsOf({ ...refused, statusReason: { text: 'declined' }, lotNumber: 'U4123AA' })).toEqual(['DQ-041']);
  });
});

const patient: Json = {
  resourceType: 'Patient',
  extension: [
    { url: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race' },
    { url: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity' },
    { url: 'http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName', valueString: 'Ray' },
  ],
  identifier: [{ system: 'http://hl7.org/fhir/sid/us-ssn', value: '123-45-6789' }],
  name: [{ family: 'Shaw', given: ['Amy', 'V.'] }],
  telecom: [
    { system: 'phone', value: '(617) 495-1000' },
    { system: 'email', value: 'amy@example.org' },
  ],
  gender: 'female',
  birthDate: '1987-02-20',
  address: [{ city: 'Boston' }],
};

describe('a patient', () => {
  it('is beyond reproach where nothing is missing', () => {
    expect(find(patient)).toEqual([]);
  });

  it.each<readonly [string, string, object]>([
    ['DQ-060', 'has no given name', { name: [{ family: 'Shaw' }] }],
    ['DQ-061', 'is called Baby Boy', { name: [{ family: 'Shaw', given: ['Baby Boy'] }] }],
    ['DQ-061', 'is a test', { name: [{ family: 'Test', given: ['Amy'] }] }],
    ['DQ-062', 'has an initial in the first given name', { name: [{ family: 'Shaw', given: ['Amy V'] }] }],
    ['DQ-063', 'has digits in the name', { name: [{ family: 'Shaw2', given: ['Amy'] }] }],
    ['DQ-064', 'is born in the future', { birthDate: '2026-01-01' }],
    ['DQ-064', 'is older than 120 years', { birthDate: '1900-01-01' }],
    ['DQ-064', 'died before being born', { deceasedDateTime: '1980-01-01' }],
    ['DQ-066', 'has no sex', { gender: undefined }],
    ['DQ-067', 'has no race', { extension: [] }],
    ['DQ-068', 'has an address without a city', { address: [{ state: 'MA' }] }],
    [
      'DQ-070',
      'has an impossible phone number',
      {
        telecom: [
          { system: 'phone', value: '555-123-4567 x' },
          { system: 'phone', value: '1171234567' },
        ],
      },
    ],
    ['DQ-071', 'has no e-mail address', { telecom: [{ system: 'phone', value: '(617) 495-1000' }] }],
    ['DQ-072', 'is a child without a next of kin', { birthDate: '2020-01-01' }],
    ['DQ-074', 'is of a multiple birth without an order', { multipleBirthBoolean: true }],
    ['DQ-077', 'has an identifier of nobody', { identifier: [{ value: '1' }] }],
    [
      'DQ-078',
      'has an impossible Social Security number',
      { identifier: [{ system: 'http://hl7.org/fhir/sid/us-ssn', value: '000-12-3456' }] },
    ],
  ])('is told of by %s who %s', (id, _what, change) => {
    expect(idsOf(JSON.parse(JSON.stringify({ ...patient, ...change })))).toContain(id);
  });

  it('who died at 105 is not too old, however long ago that is', () => {
    expect(idsOf({ ...patient, birthDate: '1885-01-01', deceasedDateTime: '1990-01-01' })).toEqual([]);
  });
});

describe('the rules', () => {
  it('never fail, however a resource is damaged', () => {
    const examples = [dose, patient, ...fixtures('immds').values()];
    fc.assert(
      fc.property(fc.constantFrom(...examples), mutations, (example, mutate) => {
        expect(Array.isArray(find(mutate(example)))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('never fail, whatever JSON stands in the place of a dose or a patient', () => {
    fc.assert(
      fc.property(fc.object(), fc.constantFrom('Immunization', 'Patient', 'Bundle'), (content, resourceType) => {
        expect(Array.isArray(find({ ...dose, ...patient, ...content, resourceType }))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
