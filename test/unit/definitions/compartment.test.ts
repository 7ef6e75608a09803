import { describe, expect, test } from 'vitest';
import { loadPatientCompartment, patientCompartmentCodes } from '../../../src/definitions/compartment.ts';
import { resourceTypes } from '../../../src/definitions/resource-types.ts';
import { loadSearchParameters, searchParametersOf } from '../../../src/definitions/search-parameters.ts';
import { projectRoot, projectWith } from './project.ts';

const compartment = await loadPatientCompartment(projectRoot);
const parameters = await loadSearchParameters(projectRoot);
const declaration = 'data/compartments/patient.json';

describe('the patient compartment', () => {
  test.each([
    ['Patient', ['link']],
    ['Immunization', ['patient']],
    ['Observation', ['subject', 'performer']],
    ['Condition', ['patient', 'asserter']],
    ['Encounter', ['patient']],
    ['CommunicationRequest', ['subject', 'sender', 'recipient', 'requester']],
    ['Group', ['member']],
    ['Task', []],
    ['Organization', []],
    ['Binary', []],
    ['NoSuchType', []],
  ])('admits %s by %j', (resourceType, codes) => {
    expect(patientCompartmentCodes(resourceType, compartment)).toEqual(codes);
  });

  test('says of every served type whether it belongs', () => {
    expect(resourceTypes.filter((resourceType) => !compartment.has(resourceType))).toEqual([]);
  });

  test.each(resourceTypes)('names reference parameters of %s that may point to a patient', (resourceType) => {
    const declared = new Map(
      searchParametersOf(resourceType, parameters).map((parameter) => [parameter.code, parameter]),
    );
    for (const code of patientCompartmentCodes(resourceType, compartment)) {
      expect(declared.get(code), code).toMatchObject({
        type: 'reference',
        target: expect.arrayContaining(['Patient']),
      });
    }
  });
});

describe('loadPatientCompartment', () => {
  test.each([
    ['{', 'JSON'],
    ['{"resourceType":"Patient"}', 'is not a CompartmentDefinition'],
    ['{"resourceType":"CompartmentDefinition","code":"Device","resource":[]}', 'is not the compartment of Patient'],
    ['{"resourceType":"CompartmentDefinition","code":"Patient"}', 'lists no resource types'],
    ['{"resourceType":"CompartmentDefinition","code":"Patient","resource":[{}]}', 'is not a resource type'],
    ['{"resourceType":"CompartmentDefinition","code":"Patient","resource":[{"code":"Flag","param":[1]}]}', 'for Flag'],
  ])('names the file and the fault of %s', async (text, fault) => {
    const root = await projectWith({ [declaration]: text });
    await expect(loadPatientCompartment(root)).rejects.toThrow(declaration);
    await expect(loadPatientCompartment(root)).rejects.toThrow(fault);
  });
});
