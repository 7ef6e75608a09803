/** Every rule that a snapshot adds to R4 is found broken where an example is made to break it (FHIR R4, profiling.html). */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { loadProfilePackages } from '../../../../src/definitions/profile-packages.ts';
import { definitionOf, fixtures, held, root, US_CORE, unclaimed } from '../held.ts';
import type { Json } from '../mutations.ts';

type Mutable = Record<string, unknown>;

interface Rule {
  readonly canonical: string;
  readonly element: ElementDefinition;
  readonly example: Json;
}

const packages = loadProfilePackages(root);

/** Examples by the type that they are of, the fullest first. */
const examples = ['us-core-6.1.0', 'us-core-8.0.0', 'immds']
  .flatMap((folder) => [...fixtures(folder).values()])
  .toSorted((one, other) => JSON.stringify(other).length - JSON.stringify(one).length);

const inheritedMin = ({ base }: ElementDefinition): number => {
  const path = base?.path ?? '';
  const declared = definitionOf(path.split('.')[0] ?? '')?.snapshot?.element ?? [];
  return declared.find((one) => one.path === path)?.min ?? 0;
};

/** The parents of an element in a resource, down a plain path. */
function parentsOf(resource: Json, path: string): readonly Mutable[] {
  const names = path.split('.').slice(1, -1);
  return names.reduce<readonly Mutable[]>(
    (parents, name) =>
      parents.flatMap((parent) =>
        [parent[name]].flat().filter((one): one is Mutable => typeof one === 'object' && one !== null),
      ),
    [resource as Mutable],
  );
}

const lastName = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

const rules: readonly Rule[] = packages.flatMap(({ definitions, version }) =>
  definitions
    .filter(({ type }) => type !== 'Extension')
    .flatMap(({ url, type, snapshot }) => {
      const example = examples.find(({ resourceType, id }) => resourceType === type && id !== undefined);
      return (snapshot?.element ?? []).flatMap((element) =>
        example && !element.id?.includes(':') ? [{ canonical: `${url}|${version}`, element, example }] : [],
      );
    }),
);

const required = rules.filter(
  ({ element, example }) =>
    (element.min ?? 0) > inheritedMin(element) &&
    parentsOf(example, element.path ?? '').some((parent) => lastName(element.path ?? '') in parent),
);

describe('an element that a profile makes mandatory', () => {
  it('is one of several in each package', () => {
    expect(new Set(required.map(({ canonical }) => canonical)).size).toBeGreaterThanOrEqual(12);
  });

  it.each(required.map((rule) => ({ ...rule, path: rule.element.path ?? '' })))(
    '$path is missed where $canonical asks for it',
    ({ canonical, path, example }) => {
      const broken = structuredClone(unclaimed(example));
      const [parent] = parentsOf(broken, path);
      delete parent?.[lastName(path)];
      const found = held(broken, canonical).filter(({ id }) => id === 'profile-min');
      expect(found.map(({ message }) => message).join()).toContain(`${lastName(path)} is required`);
    },
  );
});

const race = `${US_CORE}us-core-race`;
const ethnicity = `${US_CORE}us-core-ethnicity`;
const OMB = 'urn:oid:2.16.840.1.113883.6.238';

const category = (code: string, system = OMB) => ({ url: 'ombCategory', valueCoding: { system, code } });
const text = { url: 'text', valueString: 'as told' };
const patient = (...extension: readonly unknown[]): Json => ({
  resourceType: 'Patient',
  extension,
  identifier: [{ system: 'urn:example:mrn', value: '1' }],
  name: [{ family: 'Shaw', given: ['Amy'] }],
  gender: 'female',
});

const idsOf = (resource: Json, profile = `${US_CORE}us-core-patient|8.0.0`): readonly string[] =>
  held(resource, profile)
    .filter(({ severity }) => severity === 'error')
    .map(({ id, expression }) => `${id} ${expression}`);

describe('the race and ethnicity of US Core', () => {
  it('are taken as they should be', () => {
    const full = patient(
      { url: race, extension: [category('2106-3'), category('2028-9'), text] },
      { url: ethnicity, extension: [category('2186-5'), text] },
    );
    expect(idsOf(full)).toEqual([]);
  });

  it('need a text', () => {
    expect(idsOf(patient({ url: race, extension: [category('2106-3')] }))).toEqual([
      'profile-slice-min Patient.extension[0]',
    ]);
  });

  it('have at most one text', () => {
    expect(idsOf(patient({ url: race, extension: [text, text] }))).toEqual([
      'profile-slice-max Patient.extension[0].extension[1]',
    ]);
  });

  it('take no code from elsewhere', () => {
    const unknown = patient({ url: race, extension: [category('9999-9'), text] });
    expect(idsOf(unknown)).toEqual(['code-unknown Patient.extension[0].extension[0].value']);
    const detailed = patient({ url: race, extension: [category('1004-1'), text] });
    expect(idsOf(detailed)).toEqual(['binding-required Patient.extension[0].extension[0].value']);
  });

  it('take a value of the right type only', () => {
    const wrong = patient({ url: race, extension: [{ url: 'ombCategory', valueCode: '2106-3' }, text] });
    expect(idsOf(wrong)).toContain('profile-type Patient.extension[0].extension[0].value');
  });

  it('are there at most once', () => {
    const one = { url: race, extension: [category('2106-3'), text] };
    expect(idsOf(patient(one, one))).toContain('profile-slice-max Patient.extension[1]');
  });

  it('have no value of their own', () => {
    expect(idsOf(patient({ url: race, valueString: 'white' }))).toEqual(
      expect.arrayContaining(['profile-max Patient.extension[0].value']),
    );
  });

  it('are held to their definitions where no profile is claimed', () => {
    const found = held(patient({ url: race, extension: [category('2106-3')] }));
    expect(found.map(({ id }) => id)).toEqual(['profile-slice-min']);
  });

  it('are held to the version of the profile that is claimed: the rule on unknown races is of 8.0.0', () => {
    const both = patient({
      url: race,
      extension: [category('2106-3'), category('UNK', 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor'), text],
    });
    expect(idsOf(both)).toContain('us-core-23 Patient.extension[0]');
    expect(idsOf(both, `${US_CORE}us-core-patient|6.1.0`)).not.toContain('us-core-23 Patient.extension[0]');
  });
});

describe('the name of a US Core Patient', () => {
  const named = (name: unknown): Json => ({ ...patient(), name: [name] });

  it('has a family or given name', () => {
    expect(idsOf(named({ use: 'official' }))).toEqual(['us-core-6 Patient.name[0]']);
  });

  it('may be absent for a reason instead', () => {
    const absent = { url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' };
    expect(idsOf(named({ extension: [absent] }))).toEqual([]);
  });
});

describe('a National Provider Identifier', () => {
  const practitioner = (value: string): Json => ({
    resourceType: 'Practitioner',
    identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value }],
    name: [{ family: 'Bone' }],
  });
  const npi = (value: string) => idsOf(practitioner(value), `${US_CORE}us-core-practitioner`);

  it('has ten digits, the last of which checks the others', () => {
    expect(npi('1234567893')).toEqual([]);
  });

  it('is refused with another check digit', () => {
    expect(npi('1234567890')).toEqual(['us-core-17 Practitioner.identifier[0]']);
  });

  it('is refused with nine digits', () => {
    expect(npi('123456789')).toContain('us-core-16 Practitioner.identifier[0]');
  });

  it('is no rule for identifiers of others', () => {
    const other = { ...practitioner('x'), identifier: [{ system: 'urn:example', value: 'x' }] };
    expect(idsOf(other, `${US_CORE}us-core-practitioner`)).toEqual([]);
  });
});

describe('us-core-5', () => {
  const dose = (...codes: readonly string[]): Json => ({
    resourceType: 'Immunization',
    status: 'completed',
    vaccineCode: {
      coding: codes.map((one) => ({ system: `http://hl7.org/fhir/sid/${one.split(' ')[0]}`, code: one.split(' ')[1] })),
    },
    patient: { reference: 'Patient/1' },
    occurrenceDateTime: '2024-01-05',
    primarySource: true,
  });
  const warned = (resource: Json, version: string) =>
    held(resource, `${US_CORE}us-core-immunization|${version}`).some(
      ({ id, severity }) => id === 'us-core-5' && severity === 'warning',
    );

  it('warns in 6.1.0 of an NDC code', () => {
    expect(warned(dose('cvx 140', 'ndc 49281-0400-10'), '6.1.0')).toBe(true);
    expect(warned(dose('cvx 140'), '6.1.0')).toBe(false);
  });

  it('warns in 8.0.0 of a CVX code without an NDC code', () => {
    expect(warned(dose('cvx 140', 'ndc 49281-0400-10'), '8.0.0')).toBe(false);
    expect(warned(dose('cvx 140'), '8.0.0')).toBe(true);
  });
});
