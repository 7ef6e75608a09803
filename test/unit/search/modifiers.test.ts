/** Every modifier of R4 on every type of search parameter (FHIR R4, search.html#modifiers and the tables of each type). */
import { describe, expect, it } from 'vitest';
import type { Terminology } from '../../../src/search/terminology.ts';
import { finds, queryOf, refusal, type TestResource } from './search.ts';

const MODIFIERS = 'missing exact contains not text in not-in above below of-type identifier Patient type'.split(' ');
const GENDERS = 'http://hl7.org/fhir/ValueSet/administrative-gender';
const MRN = 'http://terminology.hl7.org/CodeSystem/v2-0203|MR|1';

/** A parameter of each type, and on different elements where R4 makes a difference; with the modifiers it takes. */
const TABLE: readonly (readonly [type: string, resourceType: string, code: string, value: string, taken: string])[] = [
  ['string', 'Patient', 'family', 'x', 'missing exact contains'],
  ['token of a Coding', 'Patient', '_tag', 'urn:a|1', 'missing not text in not-in above below'],
  ['token of a CodeableConcept', 'Immunization', 'vaccine-code', 'urn:a|1', 'missing not text in not-in above below'],
  ['token of an Identifier', 'Patient', 'identifier', 'urn:a|1', 'missing not text of-type'],
  ['token of a code', 'Patient', 'gender', 'male', 'missing not in not-in'],
  ['token of a boolean', 'Patient', 'active', 'true', 'missing not'],
  ['token of a ContactPoint', 'Patient', 'phone', '555', 'missing not'],
  ['token of an id', 'Patient', '_id', '1', 'missing not'],
  ['date', 'Patient', 'birthdate', '2024', 'missing'],
  ['instant', 'Patient', '_lastUpdated', '2024', 'missing'],
  ['quantity', 'Observation', 'value-quantity', '1', 'missing'],
  ['reference', 'Immunization', 'patient', 'Patient/1', 'missing identifier Patient'],
  ['reference of a canonical', 'MeasureReport', 'measure', 'http://example.org/m', 'missing'],
  ['uri', 'Measure', 'url', 'http://example.org/m', 'missing above below'],
  ['composite', 'Observation', 'code-value-quantity', 'urn:a|1$1', 'missing'],
];

const VALUES: Readonly<Record<string, string>> = { missing: 'true', in: GENDERS, 'not-in': GENDERS, 'of-type': MRN };
const TERMINOLOGY: Terminology = {
  expandValueSet: (url) =>
    url === GENDERS
      ? ['male', 'female'].map((code) => ({ system: 'http://hl7.org/fhir/administrative-gender', code }))
      : undefined,
  subsumption: (code) => [code],
};

const CASES = TABLE.flatMap(([type, resourceType, code, value, taken]) =>
  MODIFIERS.map((modifier) => ({
    type,
    resourceType,
    name: `${code}:${modifier}`,
    value: VALUES[modifier] ?? (modifier === 'Patient' ? '1' : value),
    isTaken: taken.split(' ').includes(modifier),
  })),
);

describe('a modifier', () => {
  it.each(CASES.filter(({ isTaken }) => isTaken))('is taken: $name, a $type', ({ resourceType, name, value }) => {
    expect(queryOf(resourceType, { [name]: value }, TERMINOLOGY).criteria).toHaveLength(1);
  });

  it.each(CASES.filter(({ isTaken }) => !isTaken))('is refused: $name, a $type', ({ resourceType, name, value }) => {
    expect(refusal(resourceType, name, value)).toContain('modifier');
  });
});

const coded = (...codes: readonly (readonly [system: string | undefined, code: string])[]): TestResource => ({
  resourceType: 'Immunization',
  vaccineCode: { coding: codes.map(([system, code]) => ({ ...(system ? { system } : {}), code })) },
});
const INFLUENZA: Terminology = {
  expandValueSet: (url) =>
    ({
      'urn:vs:flu': [
        { system: 'urn:cvx', code: '88' },
        { system: 'urn:cvx', code: '140' },
      ],
      'urn:vs:empty': [],
    })[url],
  subsumption: ({ system, code }, direction) => {
    if (system !== 'urn:cvx') return undefined;
    const line = ['flu', '88', '140'];
    const at = line.indexOf(code);
    if (at < 0) return undefined;
    return (direction === 'below' ? line.slice(at) : line.slice(0, at + 1)).map((each) => ({ system, code: each }));
  },
};

describe(':in and :not-in', () => {
  it.each([
    ['a code of the set', coded(['urn:cvx', '140']), true],
    ['a code of the set beside another', coded(['urn:other', '1'], ['urn:cvx', '88']), true],
    ['another code', coded(['urn:cvx', '03']), false],
    ['the same code of another system', coded(['urn:other', '88']), false],
    ['the same code of no system', coded([undefined, '88']), false],
    ['no code', { resourceType: 'Immunization' }, false],
  ])('find and pass over %s', (_case, resource, isIn) => {
    expect(finds(resource, { 'vaccine-code:in': 'urn:vs:flu' }, INFLUENZA)).toBe(isIn);
    expect(finds(resource, { 'vaccine-code:not-in': 'urn:vs:flu' }, INFLUENZA)).toBe(!isIn);
  });

  it('take alternatives: in any of the sets, in none of them', () => {
    const flu = coded(['urn:cvx', '88']);
    expect(finds(flu, { 'vaccine-code:in': 'urn:vs:empty,urn:vs:flu' }, INFLUENZA)).toBe(true);
    expect(finds(flu, { 'vaccine-code:not-in': 'urn:vs:empty,urn:vs:flu' }, INFLUENZA)).toBe(false);
    expect(finds(flu, { 'vaccine-code:not-in': 'urn:vs:empty' }, INFLUENZA)).toBe(true);
    expect(finds(flu, { 'vaccine-code:in': 'urn:vs:empty' }, INFLUENZA)).toBe(false);
  });

  it('compare an element that has only codes by the code', () => {
    const patient = { resourceType: 'Patient', gender: 'other' };
    expect(finds({ ...patient, gender: 'male' }, { 'gender:in': GENDERS }, TERMINOLOGY)).toBe(true);
    expect(finds(patient, { 'gender:in': GENDERS }, TERMINOLOGY)).toBe(false);
    expect(finds(patient, { 'gender:not-in': GENDERS }, TERMINOLOGY)).toBe(true);
  });
});

describe(':above and :below of a token', () => {
  it.each([
    ['below', 'urn:cvx|flu', 'flu 88 140'],
    ['below', 'urn:cvx|88', '88 140'],
    ['above', 'urn:cvx|88', 'flu 88'],
    ['above', 'urn:cvx|flu', 'flu'],
    ['below', 'urn:cvx|flu,urn:cvx|140', 'flu 88 140'],
  ])(':%s=%s finds what the hierarchy has there, and the code itself', (modifier, value, found) => {
    const codes = ['flu', '88', '140', '03'].filter((code) =>
      finds(coded(['urn:cvx', code]), { [`vaccine-code:${modifier}`]: value }, INFLUENZA),
    );
    expect(codes.join(' ')).toBe(found);
  });
});

describe(':not', () => {
  it('with alternatives leaves out what has any of them, and finds what has none', () => {
    const isFound = (resource: TestResource) => finds(resource, { 'vaccine-code:not': '88,140' });
    expect(isFound(coded(['urn:cvx', '88']))).toBe(false);
    expect(isFound(coded(['urn:cvx', '03'], ['urn:cvx', '140']))).toBe(false);
    expect(isFound(coded(['urn:cvx', '03']))).toBe(true);
    expect(isFound({ resourceType: 'Immunization' })).toBe(true);
  });
});
