import { describe, expect, it } from 'vitest';
import { entriesOf, example, valuesOf } from './search.ts';

const token = (system: string | undefined, code: string) => ({ type: 'token', system, code });
const reference = (...keys: string[]) => ({ type: 'reference', keys });
const string = (text: string) => ({ type: 'string', text });

describe('the index entries of the official examples', () => {
  it.each([
    ['Immunization-example', '_id', [token(undefined, 'example')]],
    ['Immunization-example', 'status', [token(undefined, 'completed')]],
    [
      'Immunization-example',
      'vaccine-code',
      [token('urn:oid:1.2.36.1.2001.1005.17', 'FLUVAX'), { type: 'text', text: 'Fluvax (Influenza)' }],
    ],
    ['Immunization-example', 'patient', [reference('Patient/example')]],
    ['Immunization-example', 'lot-number', [string('AAJN11K')]],
    ['Immunization-example', 'reaction-date', []],
    ['Immunization-protocol', 'series', [string('2-dose'), string('3-dose')]],
    [
      'Immunization-protocol',
      'target-disease',
      [token('http://snomed.info/sct', '40468003'), token('http://snomed.info/sct', '66071002')],
    ],
    ['Patient-example', 'active', [token(undefined, 'true')]],
    ['Patient-example', 'deceased', [token(undefined, 'false')]],
    ['Patient-example', 'death-date', []],
    ['Patient-example', 'family', [string('Chalmers'), string('Windsor')]],
    ['Patient-example', 'given', ['Peter', 'James', 'Jim', 'Peter', 'James'].map(string)],
    ['Patient-example', 'email', []],
    [
      'Patient-example',
      'phone',
      ['(03) 5555 6473', '(03) 3410 5613', '(03) 5555 8834'].map((n) => token(undefined, n)),
    ],
    [
      'Patient-example',
      'address',
      [
        '534 Erewhon St PeasantVille, Rainbow, Vic  3999',
        '534 Erewhon St',
        'PleasantVille',
        'Rainbow',
        'Vic',
        '3999',
      ].map(string),
    ],
    [
      'Patient-example',
      'identifier',
      [
        token('urn:oid:1.2.36.146.595.217.0.1', '12345'),
        { type: 'of-type', system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR', value: '12345' },
      ],
    ],
    ['Patient-example', 'organization', [reference('Organization/1')]],
    ['ImmunizationRecommendation-example', 'status', [{ type: 'text', text: 'Not Complete' }]],
    ['ImmunizationRecommendation-example', 'support', [reference('Immunization/example')]],
    ['Provenance-example', 'target', [reference('Procedure/example', 'Procedure/example/_history/1')]],
    ['Provenance-example', 'agent', [reference('Practitioner/xcda-author'), reference('Device/software')]],
    ['Provenance-example', 'patient', []],
    ['Location-1', 'identifier', [token('', 'B1-S.F2')]],
    [
      'Location-1',
      'name',
      ['South Wing, second floor', 'BU MC, SW, F2', 'Burgers University Medical Center, South Wing, second floor'].map(
        string,
      ),
    ],
    ['Group-102', 'member', [1, 2, 3, 4].map((n) => reference(`Patient/pat${n}`))],
    ['Group-102', 'actual', [token(undefined, 'true')]],
  ])('of %s for %s', (name, code, values) => {
    expect(valuesOf(example(name), code)).toEqual(values);
  });

  it.each([
    ['Immunization-example', 'date', '2013-01-10T00:00:00.000Z', '2013-01-10T23:59:59.999Z'],
    ['Patient-example', 'birthdate', '1974-12-25T00:00:00.000Z', '1974-12-25T23:59:59.999Z'],
    ['Consent-consent-example-basic', 'period', '1964-01-01T00:00:00.000Z', '2016-01-01T23:59:59.999Z'],
    ['Provenance-example', 'recorded', '2015-06-26T22:39:24.000Z', '2015-06-26T22:39:24.000Z'],
    ['ImmunizationRecommendation-example', 'date', '2015-02-09T16:04:15.817Z', '2015-02-09T16:04:15.817Z'],
  ])('of %s for %s cover %s to %s', (name, code, lo, hi) => {
    const [value, ...more] = valuesOf(example(name), code);
    expect(more).toEqual([]);
    expect(value).toMatchObject({ type: 'date', lo: Date.parse(lo), hi: Date.parse(hi) });
  });
});

describe('an element without anything to search', () => {
  it.each([
    ['a telecom without a value', 'telecom', { telecom: [{ use: 'home' }] }],
    ['a reference with only a display', 'organization', { managingOrganization: { display: 'Burgers' } }],
    ['a concept with only an extension', 'language', { communication: [{ language: { extension: [] } }] }],
    ['a name with only a use', 'name', { name: [{ use: 'usual' }] }],
    ['a date that is none', 'birthdate', { birthDate: 'in spring' }],
  ])('leaves a trace: %s', (_, code, content) => {
    expect(valuesOf({ resourceType: 'Patient', ...content }, code)).toEqual([{ type: 'present' }]);
  });

  it('leaves none when only its extensions are there', () => {
    const patient = { resourceType: 'Patient', _birthDate: { extension: [{ url: 'http://x', valueString: 'y' }] } };
    expect(valuesOf(patient, 'birthdate')).toEqual([]);
  });
});

describe('extraction', () => {
  it.each([
    [{ resourceType: 'Patient', name: 'Eve', telecom: 3, birthDate: [], identifier: [[null]], gender: {} }],
    [{ resourceType: 'Patient', name: [null, 'x', 1, [], { family: {}, given: 'Eve' }], address: [{ line: [1] }] }],
    [
      {
        resourceType: 'Patient',
        identifier: [{ type: { coding: [1, null, {}] }, value: 'x' }],
        managingOrganization: [],
      },
    ],
    [{ resourceType: 'Patient', deceasedDateTime: { value: 'x' }, link: [{ other: { reference: 1, identifier: 2 } }] }],
  ])('takes content of any shape without failing', (resource) => {
    expect(() => entriesOf(resource)).not.toThrow();
  });

  it('does not take what an object has from its prototype for an element', () => {
    const patient = { resourceType: 'Patient', ...JSON.parse('{"__proto__":{"gender":"male"}}') };
    expect(valuesOf(patient, 'gender')).toEqual([]);
  });
});
