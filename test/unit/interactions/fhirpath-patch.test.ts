import { describe, expect, it } from 'vitest';
import { loadElements } from '../../../src/definitions/elements.ts';
import { FhirError } from '../../../src/fhir/error.ts';
import { formatTree, parseTree } from '../../../src/fhir/json-tree.ts';
import { parseResource } from '../../../src/fhir/resource-content.ts';
import { parseFhirPathPatch } from '../../../src/interactions/patch/fhirpath-operations.ts';
import { applyFhirPathPatch } from '../../../src/interactions/patch/fhirpath-patch.ts';
import { projectRoot } from '../../../src/project-root.ts';

const elements = await loadElements(projectRoot());

interface Part {
  readonly name: string;
  readonly [value: string]: unknown;
}
const operation = (type: string, path: string, ...more: readonly Part[]) => ({
  name: 'operation',
  part: [{ name: 'type', valueCode: type }, { name: 'path', valueString: path }, ...more],
});

function patch(resource: object | string, ...parameter: readonly object[]): string {
  const text = typeof resource === 'string' ? resource : JSON.stringify(resource);
  const content = parseResource(JSON.stringify({ resourceType: 'Parameters', parameter }));
  return formatTree(applyFhirPathPatch(parseTree(text), parseFhirPathPatch(content), elements));
}
const patched = (resource: object, ...parameter: readonly object[]) => JSON.parse(patch(resource, ...parameter));

function statusOf(work: () => unknown): number | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof FhirError) return error.status;
  }
  return undefined;
}

const patient = (more: object = {}) => ({ resourceType: 'Patient', ...more });
const identifiers = (...values: readonly string[]) =>
  patient({ identifier: values.map((value) => ({ system: 'http://example.org', value })) });
const valuesOf = (resource: { identifier: { value: string }[] }) =>
  resource.identifier.map(({ value }) => value).join('');

describe('a FHIRPath Patch', () => {
  it('adds an element of a primitive type, of a data type and a repetition', () => {
    expect(
      patched(
        patient(),
        operation(
          'add',
          'Patient',

          { name: 'name', valueString: 'birthDate' },
          { name: 'value', valueDate: '1930-01-01' },
        ),
      ),
    ).toEqual(patient({ birthDate: '1930-01-01' }));
    expect(
      patched(
        patient({ contact: [{ gender: 'male' }] }),
        operation(
          'add',
          'Patient.contact[0]',
          { name: 'name', valueString: 'name' },
          { name: 'value', valueHumanName: { text: 'a name' } },
        ),
      ).contact,
    ).toEqual([{ gender: 'male', name: { text: 'a name' } }]);
    expect(
      valuesOf(
        patched(
          identifiers('a'),
          operation(
            'add',
            'Patient',
            { name: 'name', valueString: 'identifier' },
            { name: 'value', valueIdentifier: { value: 'b' } },
          ),
        ),
      ),
    ).toBe('ab');
  });

  it('adds an element without a type of its own from its parts', () => {
    const parts = [
      { name: 'name', valueHumanName: { text: 'a name' } },
      { name: 'telecom', valueContactPoint: { value: '1' } },
    ];
    expect(
      patched(
        patient(),
        operation('add', 'Patient', { name: 'name', valueString: 'contact' }, { name: 'value', part: parts }),
      ).contact,
    ).toEqual([{ name: { text: 'a name' }, telecom: [{ value: '1' }] }]);
  });

  it('adds and replaces a choice of types under the name of the type', () => {
    const dead = patched(
      patient(),
      operation('add', 'Patient', { name: 'name', valueString: 'deceased' }, { name: 'value', valueBoolean: true }),
    );
    expect(dead.deceasedBoolean).toBe(true);
    const at = patched(dead, operation('replace', 'Patient.deceased', { name: 'value', valueDateTime: '2020' }));
    expect([at.deceasedBoolean, at.deceasedDateTime]).toEqual([undefined, '2020']);
  });

  it.each([
    [0, 'xab'],
    [1, 'axb'],
    [2, 'abx'],
  ])('inserts at %i', (index, expected) => {
    const insert = operation(
      'insert',
      'Patient.identifier',
      { name: 'index', valueInteger: index },
      { name: 'value', valueIdentifier: { value: 'x' } },
    );
    expect(valuesOf(patched(identifiers('a', 'b'), insert))).toBe(expected);
  });

  it.each([
    [3, 1, 'adbc'],
    [3, 0, 'dabc'],
    [1, 0, 'bacd'],
    [0, 3, 'bcda'],
    [1, 2, 'acbd'],
  ])('moves the item at %i to %i', (source, destination, expected) => {
    const move = operation(
      'move',
      'Patient.identifier',
      { name: 'source', valueInteger: source },
      { name: 'destination', valueInteger: destination },
    );
    expect(valuesOf(patched(identifiers('a', 'b', 'c', 'd'), move))).toBe(expected);
  });

  it('deletes what a path names by value, by index and by nothing, and the list with its last item', () => {
    expect(
      valuesOf(patched(identifiers('a', 'b', 'c'), operation('delete', "Patient.identifier.where(value = 'b')"))),
    ).toBe('ac');
    expect(valuesOf(patched(identifiers('a', 'b'), operation('delete', 'Patient.identifier[0]')))).toBe('b');
    expect(patched(identifiers('a'), operation('delete', 'Patient.identifier.first()'))).toEqual(patient());
    expect(patched(patient(), operation('delete', 'Patient.birthDate'))).toEqual(patient());
  });

  it('deletes the id and extensions of a primitive with it, in lists at the same place', () => {
    expect(
      patched(patient({ birthDate: '1920', _birthDate: { id: 'b' } }), operation('delete', 'Patient.birthDate')),
    ).toEqual(patient());
    const name = { given: ['a', 'b'], _given: [null, { id: 'x' }] };
    expect(patched(patient({ name: [name] }), operation('delete', 'Patient.name.given[0]')).name).toEqual([
      { given: ['b'], _given: [{ id: 'x' }] },
    ]);
  });

  it('replaces within a list and within an extension', () => {
    const resource = patient({ extension: [{ url: 'http://a', valueCode: 'x' }], name: [{ given: ['a', 'b'] }] });
    const replace = operation('replace', "Patient.extension('http://a').value", { name: 'value', valueCode: 'y' });
    const given = operation('replace', 'Patient.name[0].given[1]', { name: 'value', valueString: 'c' });
    expect(patched(resource, replace, given)).toEqual(
      patient({ extension: [{ url: 'http://a', valueCode: 'y' }], name: [{ given: ['a', 'c'] }] }),
    );
  });

  it('keeps the digits of decimals, untouched and new', () => {
    const text =
      '{"resourceType":"Observation","valueQuantity":{"value":1.00},"component":[{"valueQuantity":{"value":2.0}}]}';
    const replace = operation('replace', 'Observation.status', { name: 'value', valueCode: 'final' });
    expect(patch(text.replace('{', '{"status":"amended",'), replace)).toBe(text.replace('{', '{"status":"final",'));
  });

  it.each([
    ['a path to nothing is replaced', operation('replace', 'Patient.birthDate', { name: 'value', valueDate: '2020' })],
    ['several are deleted', operation('delete', 'Patient.identifier')],
    [
      'a value is there already',
      operation('add', 'Patient', { name: 'name', valueString: 'gender' }, { name: 'value', valueCode: 'male' }),
    ],
    [
      'an index is beyond the list',
      operation(
        'insert',
        'Patient.identifier',
        { name: 'index', valueInteger: 9 },
        { name: 'value', valueIdentifier: {} },
      ),
    ],
    [
      'there is nothing to move',
      operation(
        'move',
        'Patient.identifier',
        { name: 'source', valueInteger: 0 },
        { name: 'destination', valueInteger: 5 },
      ),
    ],
    ['the resource itself is deleted', operation('delete', 'Patient')],
  ])('is refused with 422 where %s', (_why, given) => {
    expect(statusOf(() => patch({ ...identifiers('a', 'b'), gender: 'other' }, given))).toBe(422);
  });

  it.each([
    ['an unknown type', operation('swap', 'Patient')],
    ['an unknown element', operation('delete', 'Patient.wings')],
    ['a path that is none', operation('delete', 'Patient.[')],
    ['a function that patches do not need', operation('delete', 'Patient.name.repeat(given)')],
    [
      'a value of the wrong type',
      operation('add', 'Patient', { name: 'name', valueString: 'deceased' }, { name: 'value', valueRange: {} }),
    ],
    ['no value', operation('add', 'Patient', { name: 'name', valueString: 'gender' })],
    ['a parameter that is no operation', { name: 'other' }],
    [
      'an insert into what is no list',
      operation('insert', 'Patient.gender', { name: 'index', valueInteger: 0 }, { name: 'value', valueCode: 'male' }),
    ],
  ])('is refused with 400 where it has %s', (_why, given) => {
    expect(statusOf(() => patch(identifiers('a'), given))).toBe(400);
  });
});
