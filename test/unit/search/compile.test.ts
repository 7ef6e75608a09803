import type { SearchParameter } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { compileSearchParameter } from '../../../src/search/compile.ts';
import { extractIndexEntries } from '../../../src/search/extract.ts';
import type { CompiledSearchParameter } from '../../../src/search/parameter.ts';
import { BROKEN_DEFINITION, compiledFor, declaredFor, definitions, isExpressed, resourceTypes } from './declared.ts';

function compiled(resourceType: string, code: string): CompiledSearchParameter {
  const found = compiledFor(resourceType).find((parameter) => parameter.code === code);
  if (!found) throw new Error(`${resourceType} has no search parameter ${code}`);
  return found;
}

const patientParameter = (changes: Partial<SearchParameter>): SearchParameter => ({
  resourceType: 'SearchParameter',
  url: 'http://example.org/SearchParameter/tried',
  name: 'tried',
  status: 'active',
  description: 'A definition of this test',
  code: 'tried',
  base: ['Patient'],
  type: 'token',
  ...changes,
});

const compiling = (changes: Partial<SearchParameter>) => () =>
  compileSearchParameter(patientParameter(changes), 'Patient', definitions);

describe('compiling the declared search parameters', () => {
  it.each(resourceTypes)('compiles each one that HL7 gives %s an expression for', (resourceType) => {
    const expected = declaredFor(resourceType);
    const parameters = compiledFor(resourceType);
    expect(parameters.map(({ code }) => code)).toEqual(expected.filter(isExpressed).map(({ code }) => code));
    for (const { elements } of parameters) expect(elements.length).toBeGreaterThan(0);
  });

  it('refuses the one definition of R4 whose components are swapped', () => {
    const broken = definitions.searchParameters.get(BROKEN_DEFINITION) as SearchParameter;
    expect(() => compileSearchParameter(broken, 'DocumentReference', definitions)).toThrow(
      /DocumentReference-relationship.*relatesTo\.code/,
    );
  });

  it.each([
    ['Immunization', 'date', ['Immunization.occurrence[x]'], ['dateTime']],
    ['Observation', 'date', Array(4).fill('Observation.effective[x]'), ['dateTime', 'Period', 'Timing', 'instant']],
    ['Observation', 'value-string', ['Observation.value[x]', 'CodeableConcept.text'], ['string']],
    ['Patient', 'family', ['HumanName.family'], ['string']],
    ['Patient', 'deceased', ['boolean'], ['boolean']],
    ['Patient', 'death-date', ['Patient.deceased[x]'], ['dateTime']],
    ['Location', 'name', ['Location.name', 'Location.alias'], ['string']],
    ['Immunization', '_profile', ['Meta.profile'], ['canonical']],
  ])('finds the elements of %s %s', (resourceType, code, paths, types) => {
    const { elements, types: found } = compiled(resourceType, code);
    expect(elements.map(({ path }) => path)).toEqual(paths);
    expect([...found]).toEqual(types);
  });

  it.each([
    ['Immunization', 'date', true],
    ['Immunization', 'patient', true],
    ['Immunization', 'lot-number', true],
    ['Immunization', 'reaction-date', false],
    ['Immunization', 'performer', false],
    ['Immunization', 'identifier', false],
    ['Immunization', '_lastUpdated', true],
    ['Patient', 'birthdate', true],
    ['Patient', 'family', false],
    ['Patient', 'deceased', true],
    ['Location', 'name', false],
    ['Observation', 'date', true],
    ['Observation', 'combo-value-quantity', false],
  ])('knows whether %s %s has at most one value', (resourceType, code, single) => {
    expect(compiled(resourceType, code).single).toBe(single);
  });

  it.each([
    ['Immunization', 'patient', ['Patient']],
    ['Immunization', 'performer', ['Practitioner', 'PractitionerRole', 'Organization']],
    ['Provenance', 'patient', ['Patient']],
    ['Immunization', 'status', []],
  ])('narrows the targets of %s %s to what the elements allow', (resourceType, code, targets) => {
    expect([...compiled(resourceType, code).targets].sort()).toEqual([...targets].sort());
  });

  it.each([
    ['Patient', 'identifier', ['missing', 'not', 'of-type', 'text']],
    ['Patient', 'gender', ['in', 'missing', 'not', 'not-in']],
    ['Patient', 'name', ['contains', 'exact', 'missing']],
    ['Patient', 'birthdate', ['missing']],
    ['Immunization', 'vaccine-code', ['above', 'below', 'in', 'missing', 'not', 'not-in', 'text']],
    ['Immunization', 'patient', ['identifier', 'missing']],
    ['Immunization', '_profile', ['above', 'below', 'missing']],
    ['Observation', 'value-quantity', ['missing']],
    ['Observation', 'code-value-quantity', ['missing']],
  ])('allows %s %s the modifiers that fit its elements', (resourceType, code, modifiers) => {
    expect([...compiled(resourceType, code).modifiers].sort()).toEqual(modifiers);
  });
});

describe('compiling a definition that can not be followed', () => {
  it.each<[string, Partial<SearchParameter>, RegExp]>([
    ['an unknown function', { expression: 'Patient.name.first()' }, /first\(\) is not supported/],
    ['an unknown element', { expression: 'Patient.nickname' }, /Patient has no element "nickname"/],
    ['another resource type', { expression: 'Person.name' }, /says nothing about this type/],
    ['a type that the choice does not have', { expression: 'Patient.deceased as Period' }, /can't be a Period/],
    [
      'a data type that a token can not search',
      { expression: 'Patient.birthDate' },
      /token search of Patient\.birthDate/,
    ],
    ['an operator outside the subset', { expression: 'Patient.name > 1' }, /"\s*> 1" is not understood/],
    ['an unfinished expression', { expression: 'Patient.name.where(' }, /is not understood/],
    ['more than one expression', { expression: 'Patient.name Patient.id' }, /"Patient" is not understood/],
    [
      'a condition that fetches',
      { expression: "Patient.link.other.where(resolve().active = 'x')" },
      /is not supported/,
    ],
    ['no expression', {}, /has no expression/],
    [
      'matching by sound',
      { expression: 'Patient.name', type: 'string', xpathUsage: 'phonetic' },
      /"phonetic" matching/,
    ],
    ['a special type', { expression: 'Patient.name', type: 'special' }, /its type "special"/],
    ['a code that is no field name', { expression: 'Patient.name', code: 'a.b' }, /its code "a\.b"/],
    [
      'a component nobody knows',
      { type: 'composite', expression: 'Patient', component: [{ definition: 'http://x', expression: 'name' }] },
      /its component http:\/\/x is not known/,
    ],
  ])('refuses %s and names the parameter', (_, changes, problem) => {
    expect(compiling(changes)).toThrow(problem);
    expect(compiling(changes)).toThrow('http://example.org/SearchParameter/tried');
  });

  it.each([
    "Patient.telecom.where(system = 'phone' and use = 'home')",
    'Patient.telecom.where(value.exists())',
    'Patient.telecom[0]',
    'Patient.deceased.ofType(boolean)',
    'Resource.language | DomainResource.language',
    'language',
    "Patient.extension('http://example.org/tribe')",
  ])('follows %s', (expression) => {
    expect(compiling({ expression })().elements.length).toBeGreaterThan(0);
  });
});

describe('a reference to a resource nested in another', () => {
  const document = patientParameter({
    base: ['Bundle'],
    type: 'reference',
    expression: 'Bundle.entry[0].resource',
    target: ['Composition'],
  });

  it('is the first of them only, so there is at most one', () => {
    const parameter = compileSearchParameter(document, 'Bundle', definitions);
    expect(parameter).toMatchObject({ single: true, targets: ['Composition'] });
    expect([...parameter.modifiers]).toEqual(['missing']);
  });

  it.each([
    ['Composition', [{ code: 'tried', value: { type: 'reference', keys: ['Composition/1'] } }]],
    ['MessageHeader', [{ code: 'tried', value: { type: 'present' } }]],
  ])('counts when it is of a type that the definition names: %s', (resourceType, entries) => {
    const parameter = compileSearchParameter(document, 'Bundle', definitions);
    const bundle = {
      resourceType: 'Bundle',
      entry: [{ resource: { resourceType, id: '1' } }, { resource: { resourceType: 'Composition', id: '2' } }],
    };
    expect(extractIndexEntries(bundle, [parameter])).toEqual(entries);
  });
});
