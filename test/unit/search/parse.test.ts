import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeValue, splitEscaped, unescapeValue } from '../../../src/search/escape.ts';
import { BASE_URL, queryOf, refusal } from './search.ts';

const valuesOfQuery = (resourceType: string, name: string, value: string) =>
  queryOf(resourceType, { [name]: value }).criteria[0]?.values;

describe('a query', () => {
  it('has one criterion for each parameter, and alternatives where there are commas', () => {
    const { criteria } = queryOf('Patient', { given: ['Eve', 'Ann'], gender: 'female,other' });
    expect(criteria.map(({ parameter, values }) => [parameter.code, values.length])).toEqual([
      ['given', 1],
      ['given', 1],
      ['gender', 2],
    ]);
  });

  it.each([
    ['0', 0],
    ['50', 50],
  ])('takes _count=%s', (text, count) => {
    expect(queryOf('Patient', { _count: text })).toEqual({
      resourceType: 'Patient',
      criteria: [],
      count,
      resultParameters: [],
    });
  });

  it('hands parameters about the result to the caller, in their order and as they are', () => {
    const { criteria, resultParameters } = queryOf('Immunization', {
      _sort: '-date',
      '_include:iterate': ['Immunization:patient', 'Patient:organization'],
      _total: 'none',
    });
    expect(criteria).toEqual([]);
    expect(resultParameters).toEqual([
      { name: '_sort', value: '-date' },
      { name: '_include:iterate', value: 'Immunization:patient' },
      { name: '_include:iterate', value: 'Patient:organization' },
      { name: '_total', value: 'none' },
    ]);
  });
});

describe('a query that this server does not answer', () => {
  it.each([
    ['Patient', 'nickname', 'x', 'not a search parameter of Patient'],
    ['Patient', '__proto__', 'x', 'not a search parameter of Patient'],
    ['Patient', 'constructor', 'x', 'not a search parameter of Patient'],
    ['Patient', '', 'x', 'not a search parameter of Patient'],
    ['Patient', 'vaccine-code', 'x', 'not a search parameter of Patient'],
    ['Patient', '_text', 'x', 'about more than one resource'],
    ['Patient', '_list', '1', 'about more than one resource'],
    ['Patient', '_filter', 'x', 'not a search parameter of Patient'],
    ['Patient', 'phonetic', 'x', 'not a search parameter of Patient'],
    ['Immunization', 'patient.name', 'x', 'about more than one resource'],
    ['Immunization', 'patient:Patient.name', 'x', 'about more than one resource'],
    ['Patient', '_has:Immunization:patient:status', 'x', 'about more than one resource'],
    ['Patient', 'gender:in', 'http://x', 'a value set that this server does not have: http://x'],
    ['Patient', 'gender:not-in', 'http://x', 'a value set that this server does not have: http://x'],
    ['Patient', 'telecom:in', 'http://x', 'modifier'],
    ['Immunization', 'vaccine-code:above', 'http://x|1', 'in no hierarchy of this server'],
    ['Immunization', 'vaccine-code:below', '1', 'takes system|code'],
    ['Patient', 'identifier:above', 'x', 'modifier'],
    ['Patient', 'identifier:below', 'x', 'modifier'],
    ['Patient', 'gender:text', 'x', 'modifier'],
    ['Patient', 'gender:exact', 'x', 'modifier'],
    ['Patient', 'name:not', 'x', 'modifier'],
    ['Patient', 'birthdate:exact', '2024', 'modifier'],
    ['Patient', 'name:', 'x', 'modifier'],
    ['Patient', 'name:exact:exact', 'x', 'modifier'],
    ['Immunization', 'patient:Group', '1', 'modifier'],
    ['Immunization', 'patient:not', '1', 'modifier'],
  ])('%s?%s=%s is refused by name', (resourceType, name, value, problem) => {
    expect(refusal(resourceType, name, value)).toContain(problem);
  });

  it.each([
    ['Patient', '_count', 'ten'],
    ['Patient', '_count', '-1'],
    ['Patient', '_count', ''],
    ['Patient', 'name', ''],
    ['Patient', 'name', 'Eve,'],
    ['Patient', 'name', ',Eve'],
    ['Patient', 'name', '\u0301-'],
    ['Patient', 'name', 'a\\b'],
    ['Patient', 'name', 'a\\'],
    ['Patient', 'name:exact', ''],
    ['Patient', 'gender', ''],
    ['Patient', 'gender', 'http://hl7.org/fhir/administrative-gender|male'],
    ['Patient', 'active', '|true'],
    ['Patient', 'phone', 'phone|555'],
    ['Patient', 'identifier', '|'],
    ['Patient', 'identifier', 'a|b|c'],
    ['Patient', 'identifier:of-type', 'a|b'],
    ['Patient', 'identifier:of-type', '|b|c'],
    ['Patient', 'identifier:of-type', 'a|b|c|d'],
    ['Patient', 'birthdate', ''],
    ['Patient', 'birthdate', 'ge'],
    ['Patient', 'birthdate', '2024-13'],
    ['Patient', 'birthdate', '2024-02-30'],
    ['Patient', 'birthdate', 'xx2024'],
    ['Patient', 'birthdate', '2024-01-01T10:00:00 05:00'],
    ['Patient', 'gender:missing', 'yes'],
    ['Patient', 'gender:missing', ''],
    ['Patient', '_id', 'a|b'],
    ['Immunization', 'patient', ''],
    ['Immunization', 'patient', 'not an id'],
    ['Immunization', 'patient', 'a/b/c'],
    ['Immunization', 'patient:Patient', 'Group/1'],
    ['Immunization', '_profile:below', 'urn:oid:1.2.3'],
    ['Observation', 'value-quantity', ''],
    ['Observation', 'value-quantity', 'much'],
    ['Observation', 'value-quantity', '5.4|mg'],
    ['Observation', 'value-quantity', '5.4||'],
    ['Observation', 'value-quantity', '5.4|a|b|c'],
    ['Observation', 'value-quantity', '1e999'],
    ['Observation', 'value-quantity', '.5'],
    ['Observation', 'value-quantity', '0x10'],
    ['Observation', 'code-value-quantity', 'a'],
    ['Observation', 'code-value-quantity', 'a$5$6'],
    ['Observation', 'code-value-quantity', 'a$much'],
    ['Observation', 'code-value-quantity', '$5'],
  ])('%s?%s=%s has a value that is refused, without repeating it', (resourceType, name, value) => {
    const message = refusal(resourceType, name, value);
    expect(message).toContain(`"${name}"`);
    if (value.length > 5) expect(message).not.toContain(value);
  });

  it('refuses a second _count', () => {
    expect(() => queryOf('Patient', { _count: ['10', '20'] })).toThrow(/one whole number/);
  });

  it('refuses a character that no database text can have', () => {
    expect(() => queryOf('Patient', { name: 'a\0b' })).toThrow(/character/);
  });
});

describe('a search value', () => {
  it.each([
    ['Patient', 'identifier', 'http://acme.org|2345', { system: 'http://acme.org', code: '2345' }],
    ['Patient', 'identifier', '2345', { system: undefined, code: '2345' }],
    ['Patient', 'identifier', '|2345', { system: '', code: '2345' }],
    ['Patient', 'identifier', 'http://acme.org|', { system: 'http://acme.org', code: undefined }],
    ['Patient', 'identifier', 'a\\|b|c\\,d\\$\\\\', { system: 'a|b', code: 'c,d$\\' }],
    ['Immunization', 'patient', '23', { keys: ['Patient/23'] }],
    ['Immunization', 'patient', 'Patient/23', { keys: ['Patient/23'] }],
    ['Immunization', 'patient', `${BASE_URL}/Patient/23`, { keys: ['Patient/23'] }],
    ['Immunization', 'patient', 'Patient/23/_history/2', { keys: ['Patient/23/_history/2'] }],
    ['Immunization', 'patient', 'http://other.org/Patient/23', { keys: ['http://other.org/Patient/23'] }],
    ['Immunization', 'patient:Patient', '23', { keys: ['Patient/23'] }],
    ['Immunization', 'performer', '23', { keys: ['Practitioner/23', 'PractitionerRole/23', 'Organization/23'] }],
    ['Observation', 'value-quantity', 'le5.4|http://unitsofmeasure.org|mg', { prefix: 'le', value: 5.4, code: 'mg' }],
    ['Observation', 'value-quantity', '5.4||mg', { prefix: 'eq', system: undefined, code: 'mg' }],
    ['Observation', 'value-quantity', '5.4', { system: undefined, code: undefined }],
    ['Patient', 'birthdate', 'ge2024-03', { prefix: 'ge', localLo: Date.UTC(2024, 2, 1), zoned: false }],
    ['Patient', 'name', 'eb\\,a', { type: 'string', text: 'eb,a' }],
  ])('%s?%s=%s is understood', (resourceType, name, value, expected) => {
    expect(valuesOfQuery(resourceType, name, value)).toEqual([expect.objectContaining(expected)]);
  });

  it('keeps an escaped comma in its alternative', () => {
    expect(valuesOfQuery('Patient', 'name', 'a\\,b,c')).toEqual([
      { type: 'string', text: 'a,b' },
      { type: 'string', text: 'c' },
    ]);
  });

  it('is what was meant when it was escaped', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (texts) => {
        const written = texts.map(escapeValue).join(',');
        expect(splitEscaped(written, ',').map(unescapeValue)).toEqual(texts);
      }),
    );
  });
});
