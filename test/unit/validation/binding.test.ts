/** The bindings of R4 on codings and concepts, by strength (FHIR R4, terminologies.html#strength). */
import { describe, expect, it } from 'vitest';
import { checkBinding } from '../../../src/validation/binding.ts';
import { createChildLookup } from '../../../src/validation/fhirpath/children.ts';
import { createBindingValidation } from '../../../src/validation/type-bindings.ts';
import { definitionOf, elements, terminology } from './held.ts';

const MARITAL = 'http://hl7.org/fhir/ValueSet/marital-status';
const V3 = 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus';
const ABSENT = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';

const held = (strength: 'required' | 'extensible' | 'preferred', value: unknown, type = 'CodeableConcept') =>
  checkBinding({ strength, valueSet: MARITAL }, { value, type }, terminology).map(
    ({ severity, id }) => `${severity} ${id}`,
  );
const concept = (...coding: readonly object[]) => ({ coding });
const married = { system: V3, code: 'M' };
const foreign = { system: 'http://hl7.org/fhir/administrative-gender', code: 'male' };

describe('a binding', () => {
  it('is met where one coding of several is in the value set', () => {
    expect(held('required', concept(foreign, married))).toEqual([]);
  });

  it('is an error, a warning or an information by its strength where none is', () => {
    expect(held('required', concept(foreign))).toEqual(['error binding-required']);
    expect(held('extensible', concept(foreign))).toEqual(['warning binding-extensible']);
    expect(held('preferred', concept(foreign))).toEqual(['information binding-preferred']);
  });

  it('that can be extended takes text alone, and codes of systems that are not known here', () => {
    expect(held('extensible', { text: 'it is complicated' })).toEqual([]);
    expect(held('extensible', concept({ system: 'http://example.org/own', code: 'x' }))).toEqual([]);
    expect(held('required', { text: 'it is complicated' })).toEqual(['error binding-required']);
  });

  it('is met by a reason for which the data is absent', () => {
    expect(held('required', { extension: [{ url: ABSENT, valueCode: 'unknown' }] })).toEqual([]);
    const reason = { system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'unknown' };
    expect(held('extensible', concept(reason))).toEqual([]);
  });

  it('tells of a display that the code does not have', () => {
    expect(held('required', { ...married, display: 'Divorced' }, 'Coding')).toEqual(['warning display-wrong']);
    expect(held('required', { ...married, display: 'married' }, 'Coding')).toEqual([]);
  });

  it('tells of a code that its system does not have', () => {
    expect(held('required', { system: V3, code: 'XYZ' }, 'Coding')).toEqual(['error code-unknown']);
  });

  it('is told not to be checked where its value set is not here', () => {
    const unknown = { strength: 'required', valueSet: 'http://example.org/ValueSet/none' } as const;
    const found = checkBinding(unknown, { value: married, type: 'Coding' }, terminology);
    expect(found.map(({ severity, id }) => `${severity} ${id}`)).toEqual(['information binding-not-checked']);
  });
});

describe('the bindings of R4', () => {
  const validate = createBindingValidation(definitionOf, createChildLookup(elements));
  const found = (resource: Record<string, unknown>) =>
    validate(resource, terminology).map(({ severity, expression }) => `${severity} ${expression}`);

  it('are checked in the elements of data types too', () => {
    const type = concept({ system: V3, code: 'M' });
    expect(found({ resourceType: 'Patient', identifier: [{ type, value: '1' }] })).toEqual([
      'warning Patient.identifier[0].type',
    ]);
  });

  it('are checked in contained resources and entries of Bundles', () => {
    const patient = { resourceType: 'Patient', maritalStatus: concept(foreign) };
    expect(found({ resourceType: 'Immunization', contained: [patient] })).toEqual([
      'warning Immunization.contained[0].maritalStatus',
    ]);
    expect(found({ resourceType: 'Bundle', entry: [{ resource: patient }] })).toEqual([
      'warning Bundle.entry[0].resource.maritalStatus',
    ]);
  });
});
