import { describe, expect, it } from 'vitest';
import { finds, type TestResource } from '../search.ts';

const patient = (content: object): TestResource => ({ resourceType: 'Patient', ...content });
const MRN = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }],
  text: 'Medical record',
};

describe('a token search of an Identifier', () => {
  const withSystem = patient({ identifier: [{ system: 'http://acme.org/patient', value: '2345', type: MRN }] });
  const without = patient({ identifier: [{ value: '2345' }] });
  const others = patient({
    identifier: [
      { system: 'http://acme.org/patient', value: '1' },
      { system: 'http://acme.org/other', value: '2345' },
    ],
  });

  it.each([
    ['2345', [true, true, true]],
    ['http://acme.org/patient|2345', [true, false, false]],
    ['|2345', [false, true, false]],
    ['http://acme.org/patient|', [true, false, true]],
    ['http://ACME.org/patient|2345', [false, false, false]],
    ['234', [false, false, false]],
    ['http://acme.org/pat|2345', [false, false, false]],
    ['|2345,http://acme.org/patient|2345', [true, true, false]],
  ])('identifier=%s finds with system, without, another: %j', (value, found) => {
    expect([withSystem, without, others].map((resource) => finds(resource, { identifier: value }))).toEqual(found);
  });

  it.each([
    ['http://terminology.hl7.org/CodeSystem/v2-0203|MR|2345', true],
    ['http://terminology.hl7.org/CodeSystem/v2-0203|mr|2345', true],
    ['http://terminology.hl7.org/CodeSystem/v2-0203|MR|1', false],
    ['http://terminology.hl7.org/CodeSystem/v2-0203|SS|2345', false],
    ['http://example.org|MR|2345', false],
  ])('identifier:of-type=%s: %s', (value, found) => {
    expect(finds(withSystem, { 'identifier:of-type': value })).toBe(found);
  });

  it('does not take the type of one identifier with the value of another', () => {
    const two = patient({ identifier: [{ type: MRN, value: '1' }, { value: '2345' }] });
    expect(finds(two, { 'identifier:of-type': 'http://terminology.hl7.org/CodeSystem/v2-0203|MR|2345' })).toBe(false);
  });

  it('finds the text of its type with :text', () => {
    expect(finds(withSystem, { 'identifier:text': 'medical' })).toBe(true);
    expect(finds(withSystem, { 'identifier:text': 'record' })).toBe(false);
  });

  it('keeps systems and codes with separators in them apart', () => {
    const tricky = patient({
      identifier: [
        { system: 'a|b', value: 'c' },
        { system: '=x', value: 'y' },
      ],
    });
    expect(finds(tricky, { identifier: 'a\\|b|c' })).toBe(true);
    expect(finds(tricky, { identifier: 'a|b\\|c' })).toBe(false);
    expect(finds(tricky, { identifier: 'x\\|y' })).toBe(false);
  });
});

describe('a token search of codes', () => {
  const dose: TestResource = {
    resourceType: 'Immunization',
    status: 'completed',
    vaccineCode: {
      coding: [
        { system: 'http://hl7.org/fhir/sid/cvx', code: '104', display: 'Hep A-Hep B' },
        { system: 'urn:oid:1.2', code: 'TwinRix' },
      ],
      text: 'Twinrix (HepA/HepB)',
    },
  };

  it.each([
    ['vaccine-code', '104', true],
    ['vaccine-code', 'http://hl7.org/fhir/sid/cvx|104', true],
    ['vaccine-code', 'urn:oid:1.2|TWINRIX', true],
    ['vaccine-code', 'urn:oid:1.2|104', false],
    ['vaccine-code', '|104', false],
    ['vaccine-code', 'urn:oid:1.2|', true],
    ['vaccine-code', 'urn:oid:1|', false],
    ['vaccine-code:text', 'twin', true],
    ['vaccine-code:text', 'hep a', true],
    ['vaccine-code:text', 'hep b', false],
    ['vaccine-code', 'twinrix (hepa/hepb)', false],
    ['vaccine-code:not', '104', false],
    ['vaccine-code:not', '105', true],
    ['vaccine-code:not', '105,104', false],
    ['vaccine-code:not', 'urn:oid:1.2|', false],
    ['status', 'COMPLETED', true],
    ['status:not', 'not-done', true],
    ['status-reason:not', 'IMMUNE', true],
  ])('%s=%s: %s', (code, value, found) => {
    expect(finds(dose, { [code]: value })).toBe(found);
  });
});

describe('a token search of other types', () => {
  it.each([
    ['active', 'true', { active: true }, true],
    ['active', 'false', { active: true }, false],
    ['active', 'true', {}, false],
    ['active:not', 'true', {}, true],
    ['gender:not', 'male', {}, true],
    ['gender:not', 'male', { gender: 'male' }, false],
    ['deceased', 'true', { deceasedDateTime: '2024' }, true],
    ['deceased', 'true', { deceasedBoolean: true }, true],
    ['deceased', 'false', { deceasedBoolean: false }, true],
    ['deceased', 'false', {}, true],
    ['phone', '555', { telecom: [{ system: 'phone', value: '555' }] }, true],
    ['phone', '555', { telecom: [{ system: 'fax', value: '555' }] }, false],
    ['telecom', '555', { telecom: [{ system: 'fax', value: '555' }] }, true],
    ['email', 'Eve@Example.org', { telecom: [{ system: 'email', value: 'eve@example.org' }] }, true],
    ['language', 'nl', { communication: [{ language: { coding: [{ code: 'nl' }] } }] }, true],
    ['address-use', 'home', { address: [{ use: 'home' }] }, true],
    ['_tag', 'http://x|y', { meta: { tag: [{ system: 'http://x', code: 'y' }] } }, true],
  ])('%s=%s on %j: %s', (code, value, content, found) => {
    expect(finds(patient(content), { [code]: value })).toBe(found);
  });

  it.each([
    ['abc', true],
    ['ABC', false],
    ['x,abc', true],
  ])('_id=%s minds the case of ids: %s', (value, found) => {
    expect(finds(patient({ id: 'abc' }), { _id: value })).toBe(found);
    expect(finds(patient({ id: 'abc' }), { '_id:not': value })).toBe(!found);
  });
});

describe(':missing', () => {
  it.each([
    ['gender', {}, true],
    ['gender', { gender: 'male' }, false],
    ['birthdate', { birthDate: '2024' }, false],
    ['name', { name: [{ use: 'usual' }] }, false],
    ['organization', { managingOrganization: { display: 'Burgers' } }, false],
    ['organization', { managingOrganization: { reference: '#contained' } }, false],
    ['organization', {}, true],
    ['phone', { telecom: [{ system: 'email', value: 'x' }] }, true],
  ])('%s:missing on %j: %s', (code, content, missing) => {
    expect(finds(patient(content), { [`${code}:missing`]: 'true' })).toBe(missing);
    expect(finds(patient(content), { [`${code}:missing`]: 'false' })).toBe(!missing);
    expect(finds(patient(content), { [`${code}:missing`]: 'true,false' })).toBe(true);
  });
});
