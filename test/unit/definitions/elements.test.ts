import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { childParents, elementAt, loadElements } from '../../../src/definitions/elements.ts';
import { resourceTypes } from '../../../src/definitions/resource-types.ts';
import { projectRoot, projectWith } from './project.ts';

const table = await loadElements(projectRoot);
const declaration = 'data/profiles/r4/elements.json';

interface StructureDefinition {
  readonly resourceType: string;
  readonly type: string;
  readonly kind: string;
  readonly snapshot: {
    readonly element: readonly { readonly path: string; readonly min: number; readonly max: string }[];
  };
}

async function structureDefinition(type: string): Promise<StructureDefinition> {
  const file = new URL(`data/profiles/r4/structure-definitions/${type}.json`, projectRoot);
  return JSON.parse(await readFile(file, 'utf8')) as StructureDefinition;
}

describe('the element table', () => {
  test.each([
    ['Patient.contact.name', 0, '1', ['HumanName']],
    ['Patient.deceased[x]', 0, '1', ['boolean', 'dateTime']],
    ['Patient.id', 0, '1', ['string']],
    ['Patient.extension', 0, '*', ['Extension']],
    ['Immunization.occurrence[x]', 1, '1', ['dateTime', 'string']],
    ['Immunization.protocolApplied.doseNumber[x]', 1, '1', ['positiveInt', 'string']],
    ['ImmunizationRecommendation.recommendation.dateCriterion.value', 1, '1', ['dateTime']],
    ['Condition.onset[x]', 0, '1', ['dateTime', 'Age', 'Period', 'Range', 'string']],
    ['Task.executionPeriod', 0, '1', ['Period']],
    ['Bundle.entry.response.outcome', 0, '1', ['Resource']],
    ['Parameters.parameter.name', 1, '1', ['string']],
    ['HumanName.given', 0, '*', ['string']],
    ['Timing.repeat.bounds[x]', 0, '1', ['Duration', 'Range', 'Period']],
    ['Meta.lastUpdated', 0, '1', ['instant']],
  ])('declares %s', (path, min, max, types) => {
    expect(table.get(path)).toMatchObject({ path, min, max, types });
  });

  test.each([
    ['Immunization.patient', ['Patient']],
    [
      'MeasureReport.subject',
      ['Patient', 'Practitioner', 'PractitionerRole', 'Location', 'Device', 'RelatedPerson', 'Group'],
    ],
    ['Provenance.target', ['Resource']],
    ['MeasureReport.measure', ['Measure']],
  ])('names the types that %s may point to', (path, targets) => {
    expect(table.get(path)?.targets).toEqual(targets);
  });

  test.each(['Meta.project', 'Binary.url', 'Reference.resource', 'Meta.compartment'])(
    'has no %s, which is not FHIR',
    (path) => {
      expect(table.has(path)).toBe(false);
    },
  );

  test('declares every type that its elements have', () => {
    const parents = new Set([...table.keys()].map((path) => path.slice(0, path.lastIndexOf('.'))));
    const declaredTypes = new Set([...table.values()].flatMap(({ types }) => types));
    expect([...declaredTypes].filter((type) => !parents.has(type))).toEqual([]);
  });

  test('resolves every content reference to an element with children', () => {
    const references = [...table.values()].filter(({ contentReference }) => contentReference !== undefined);
    expect(references.map(({ path }) => path)).toContain('Consent.provision.provision');
    for (const element of references) {
      const [parent = ''] = childParents(element);
      expect(table.get(parent)?.types, element.path).toEqual(['BackboneElement']);
    }
  });

  test.each([...resourceTypes, 'OperationOutcome', 'Bundle', 'Parameters', 'CapabilityStatement'])(
    'says of %s what its structure definition says',
    async (type) => {
      const { resourceType, kind, snapshot } = await structureDefinition(type);
      expect([resourceType, kind]).toEqual(['StructureDefinition', 'resource']);
      const expected = snapshot.element.slice(1).map(({ path, min, max }) => ({ path, min, max }));
      const rows = [...table.values()].filter(({ path }) => path.startsWith(`${type}.`));
      expect(rows.map(({ path, min, max }) => ({ path, min, max }))).toEqual(expected);
    },
  );
});

describe('elementAt', () => {
  test.each([
    ['Patient', 'birthDate', 'Patient.birthDate', ['date']],
    ['Patient.contact', 'name', 'Patient.contact.name', ['HumanName']],
    ['HumanName', 'family', 'HumanName.family', ['string']],
    ['Observation', 'value', 'Observation.value[x]', table.get('Observation.value[x]')?.types],
    ['Observation', 'valueQuantity', 'Observation.value[x]', ['Quantity']],
    ['Observation', 'valueCodeableConcept', 'Observation.value[x]', ['CodeableConcept']],
    ['Patient', 'multipleBirthBoolean', 'Patient.multipleBirth[x]', ['boolean']],
    ['Extension', 'valueBase64Binary', 'Extension.value[x]', ['base64Binary']],
  ])('finds the child of %s that is named %s', (parent, name, path, types) => {
    expect(elementAt(table, parent, name)).toMatchObject({ path, types });
  });

  test.each([
    ['Patient', 'nickname'],
    ['Patient', 'deceasedQuantity'],
    ['Patient', 'deceasedboolean'],
    ['Patient', 'Value'],
    ['Nothing', 'id'],
  ])('finds no child of %s that is named %s', (parent, name) => {
    expect(elementAt(table, parent, name)).toBeUndefined();
  });
});

describe('childParents', () => {
  const parentsOf = (path: string): readonly string[] => {
    const element = table.get(path);
    if (!element) throw new Error(`no element ${path}`);
    return childParents(element);
  };

  test('leads to the data type, the backbone itself or the content reference', () => {
    expect(parentsOf('Patient.name')).toEqual(['HumanName']);
    expect(parentsOf('Patient.contact')).toEqual(['Patient.contact']);
    expect(parentsOf('Timing.repeat')).toEqual(['Timing.repeat']);
    expect(parentsOf('Consent.provision.provision')).toEqual(['Consent.provision']);
    expect(parentsOf('Group.characteristic.value[x]')).toEqual([
      'CodeableConcept',
      'boolean',
      'Quantity',
      'Range',
      'Reference',
    ]);
  });

  test('goes on for ever through a content reference', () => {
    const inner = elementAt(table, 'Consent.provision', 'provision');
    const [parent = ''] = inner ? childParents(inner) : [];
    expect(elementAt(table, parent, 'provision')).toEqual(inner);
  });
});

describe('loadElements', () => {
  test.each([
    ['not JSON', '[{'],
    ['not a list', '{}'],
    ['an element without types', '[{"path":"Patient.id","min":0,"max":"1","types":[]}]'],
    ['an element without cardinality', '[{"path":"Patient.id","types":["string"]}]'],
    ['an element twice', `[${Array(2).fill('{"path":"Patient.id","min":0,"max":"1","types":["string"]}').join()}]`],
  ])('names the file when it is %s', async (_fault, text) => {
    const root = await projectWith({ [declaration]: text });
    await expect(loadElements(root)).rejects.toThrow(declaration);
  });

  test('names the file when it is absent', async () => {
    await expect(loadElements(await projectWith({}))).rejects.toThrow(declaration);
  });
});
