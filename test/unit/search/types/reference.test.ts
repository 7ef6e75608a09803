import { describe, expect, it } from 'vitest';
import { BASE_URL, finds, type TestResource } from '../search.ts';

const given = (patient: object): TestResource => ({ resourceType: 'Immunization', patient });

describe('a reference search', () => {
  const relative = given({ reference: 'Patient/123' });
  const absolute = given({ reference: `${BASE_URL}/Patient/123` });
  const elsewhere = given({ reference: 'http://other.org/fhir/Patient/123' });
  const versioned = given({ reference: 'Patient/123/_history/2' });
  const all = [relative, absolute, elsewhere, versioned];

  it.each([
    ['123', [true, true, false, true]],
    ['Patient/123', [true, true, false, true]],
    [`${BASE_URL}/Patient/123`, [true, true, false, true]],
    ['http://other.org/fhir/Patient/123', [false, false, true, false]],
    ['Patient/123/_history/2', [false, false, false, true]],
    ['Patient/123/_history/3', [false, false, false, false]],
    ['Group/123', [false, false, false, false]],
    ['12', [false, false, false, false]],
    ['12,123', [true, true, false, true]],
  ])('patient=%s finds relative, absolute, elsewhere, versioned: %j', (value, found) => {
    expect(all.map((resource) => finds(resource, { patient: value }))).toEqual(found);
  });

  it('minds the case of ids', () => {
    expect(finds(given({ reference: 'Patient/abc' }), { patient: 'ABC' })).toBe(false);
  });

  it.each([
    ['performer', '1', true],
    ['performer:Organization', '1', true],
    ['performer:Practitioner', '1', false],
    ['performer', 'Organization/1', true],
    ['performer', 'Practitioner/1', false],
  ])('%s=%s tells the types of a reference apart: %s', (code, value, found) => {
    const resource = { resourceType: 'Immunization', performer: [{ actor: { reference: 'Organization/1' } }] };
    expect(finds(resource, { [code]: value })).toBe(found);
  });

  it.each([
    ['http://acme.org/mrn|123456', true],
    ['123456', true],
    ['|123456', false],
    ['http://acme.org/mrn|1', false],
  ])('patient:identifier=%s looks at the identifier of the reference: %s', (value, found) => {
    const resource = given({ identifier: { system: 'http://acme.org/mrn', value: '123456' } });
    expect(finds(resource, { 'patient:identifier': value })).toBe(found);
    expect(finds(resource, { patient: '123456' })).toBe(false);
  });

  it.each([
    [{ reference: 'Patient/1' }, true],
    [{ reference: 'http://other.org/fhir/Patient/1' }, true],
    [{ reference: 'Patient/1/_history/4' }, true],
    [{ reference: 'urn:uuid:1', type: 'Patient' }, true],
    [{ reference: 'Immunization/1' }, false],
    [{ display: 'Eve' }, false],
  ])('a parameter for patients alone takes %j for one: %s', (target, found) => {
    expect(finds({ resourceType: 'Provenance', target: [target] }, { 'patient:missing': 'false' })).toBe(found);
  });
});

describe('a search of canonicals', () => {
  const measure: TestResource = {
    resourceType: 'Measure',
    library: ['http://acme.org/Library/a|1.0', 'http://acme.org/Library/b'],
  };

  it.each([
    ['http://acme.org/Library/a', true],
    ['http://acme.org/Library/a|1.0', true],
    ['http://acme.org/Library/a|2.0', false],
    ['http://acme.org/Library/b', true],
    ['http://acme.org/Library/b|1.0', false],
    ['http://acme.org/Library', false],
  ])('depends-on=%s: %s', (value, found) => {
    expect(finds(measure, { 'depends-on': value })).toBe(found);
  });
});

describe('a uri search', () => {
  const at = (url: string): TestResource => ({ resourceType: 'Measure', url });
  const URL_5 = 'http://acme.org/fhir/ValueSet/123/_history/5';

  it.each([
    ['url', 'http://acme.org/fhir/ValueSet/123', 'http://acme.org/fhir/ValueSet/123', true],
    ['url', 'http://acme.org/fhir/ValueSet/123', 'http://acme.org/fhir/ValueSet/1234', false],
    ['url', 'http://acme.org/fhir/ValueSet/123', 'http://acme.org/fhir/valueset/123', false],
    ['url', 'http://acme.org/fhir', 'http://acme.org/fhir/', false],
    ['url', 'urn:oid:1.2.3.4.5', 'urn:oid:1.2.3.4.5', true],
    ['url:below', 'http://acme.org/fhir/', 'http://acme.org/fhir/ValueSet/123', true],
    ['url:below', 'http://acme.org/fhir/', 'http://acme.org/', false],
    ['url:below', 'http://acme.org/f.ir/', 'http://acme.org/fhir/ValueSet', false],
    ['url:above', URL_5, URL_5, true],
    ['url:above', URL_5, 'http://acme.org/fhir/ValueSet/123', true],
    ['url:above', URL_5, 'http://acme.org/fhir/', true],
    ['url:above', URL_5, 'http://acme.org', true],
    ['url:above', URL_5, 'http://acme.org/fhir/ValueSet/12', false],
    ['url:above', URL_5, 'http://', false],
    ['url:above', URL_5, `${URL_5}/6`, false],
  ])('%s=%s on %s: %s', (code, value, stored, found) => {
    expect(finds(at(stored), { [code]: value })).toBe(found);
  });

  it('finds the profile of a resource with and without its version', () => {
    const resource = { resourceType: 'Patient', meta: { profile: ['http://acme.org/p|2'] } };
    expect(
      ['http://acme.org/p', 'http://acme.org/p|2', 'http://acme.org/p|3'].map((_profile) =>
        finds(resource, { _profile }),
      ),
    ).toEqual([true, true, false]);
  });
});

describe('a composite search', () => {
  const LOINC = 'http://loinc.org';
  const code = (of: string) => ({ coding: [{ system: LOINC, code: of }] });
  const pressure: TestResource = {
    resourceType: 'Observation',
    code: code('85354-9'),
    component: [
      { code: code('8480-6'), valueQuantity: { value: 120, code: 'mm[Hg]' } },
      { code: code('8462-4'), valueQuantity: { value: 80, code: 'mm[Hg]' } },
    ],
  };

  it.each([
    ['component-code-value-quantity', `${LOINC}|8480-6$gt100`, true],
    ['component-code-value-quantity', `${LOINC}|8480-6$lt100`, false],
    ['component-code-value-quantity', '8462-4$lt100', true],
    ['component-code-value-quantity', '8462-4$80||mm[Hg]', true],
    ['component-code-value-quantity', '8462-4$gt100,8480-6$gt100', true],
    ['combo-code-value-quantity', '8480-6$120', true],
    ['code-value-quantity', '8480-6$120', false],
    ['code-value-quantity', '85354-9$120', false],
  ])('%s=%s keeps what belongs together together: %s', (name, value, found) => {
    expect(finds(pressure, { [name]: value })).toBe(found);
  });

  it.each([
    ['code-value-concept', `1$http://x|y`, { valueCodeableConcept: { coding: [{ system: 'http://x', code: 'y' }] } }],
    ['code-value-string', '1$sm\\$all', { valueString: 'Sm$all' }],
    ['code-value-date', '1$ge2024', { valueDateTime: '2024-03' }],
    ['code-value-date', '1$2024', { valuePeriod: { start: '2024-03', end: '2024-04' } }],
  ])('%s=%s compares its parts by their own types', (name, value, content) => {
    expect(
      finds({ resourceType: 'Observation', code: { coding: [{ code: '1' }] }, ...content }, { [name]: value }),
    ).toBe(true);
    expect(
      finds({ resourceType: 'Observation', code: { coding: [{ code: '2' }] }, ...content }, { [name]: value }),
    ).toBe(false);
  });
});
