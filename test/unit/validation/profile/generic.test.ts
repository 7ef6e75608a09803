/** Profiles of anybody: what the compiler makes of each kind of rule (FHIR R4, profiling.html). */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../../../src/validation/policy.ts';
import { createProfiles } from '../../../../src/validation/profile/compiled-profiles.ts';
import { createProfileValidation } from '../../../../src/validation/profile/profile-validation.ts';
import { definitionOf, elements, terminology } from '../held.ts';
import type { Json } from '../mutations.ts';

const URL_OF = 'http://example.org/StructureDefinition/test';

/** A profile on a type: its snapshot with members changed by element id, and elements put after that of an id. */
function profile(
  type: string,
  changes: Readonly<Record<string, object>>,
  after: Readonly<Record<string, readonly object[]>> = {},
) {
  const own = definitionOf(type);
  const element = (own?.snapshot?.element ?? []).flatMap((one): ElementDefinition[] => [
    { ...one, ...changes[one.id ?? ''] } as ElementDefinition,
    ...((after[one.id ?? ''] ?? []) as ElementDefinition[]),
  ]);
  return { ...own, url: URL_OF, version: '1', derivation: 'constraint', snapshot: { element } } as StructureDefinition;
}

function check(definition: StructureDefinition) {
  const packages = [{ name: 'test', version: '1', dependencies: {}, definitions: [definition] }];
  const profiles = createProfiles({ packages, elements, definitionOf });
  const validate = createProfileValidation(profiles);
  const errors = (resource: Json): readonly string[] =>
    validate(resource, { terminology, policy: DEFAULT_POLICY, asked: [URL_OF], full: true })
      .filter(({ severity }) => severity === 'error')
      .map(({ id, expression }) => `${id} ${expression}`);
  return { errors, unchecked: profiles.list().flatMap(({ unchecked }) => unchecked) };
}

const patient = (more: object): Json => ({ resourceType: 'Patient', ...more });
const observation = (more: object): Json => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  ...more,
});

const slice = (id: string, more: object) => ({
  id,
  path: id.replace(/:[^.]*/g, ''),
  base: { path: id.replace(/:[^.]*/g, ''), min: 0, max: '*' },
  ...more,
});

describe('cardinality, types and values', () => {
  it('may forbid an element', () => {
    const { errors } = check(profile('Patient', { 'Patient.photo': { max: '0' } }));
    expect(errors(patient({ photo: [{ title: 'x' }] }))).toEqual(['profile-max Patient.photo[0]']);
    expect(errors(patient({}))).toEqual([]);
  });

  it('count a primitive that is absent for a reason', () => {
    const { errors } = check(profile('Patient', { 'Patient.birthDate': { min: 1 } }));
    const absent = [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }];
    expect(errors(patient({ _birthDate: { extension: absent } }))).toEqual([]);
    expect(errors(patient({}))).toEqual(['profile-min Patient']);
  });

  it('may leave one type of a choice', () => {
    const { errors } = check(profile('Patient', { 'Patient.deceased[x]': { type: [{ code: 'dateTime' }] } }));
    expect(errors(patient({ deceasedBoolean: true }))).toEqual(['profile-type Patient.deceased']);
    expect(errors(patient({ deceasedDateTime: '2020' }))).toEqual([]);
  });

  it('may leave one type of target', () => {
    const type = [{ code: 'Reference', targetProfile: ['http://hl7.org/fhir/StructureDefinition/Practitioner'] }];
    const { errors } = check(profile('Patient', { 'Patient.generalPractitioner': { type } }));
    expect(errors(patient({ generalPractitioner: [{ reference: 'Organization/1' }] }))).toEqual([
      'profile-target Patient.generalPractitioner[0]',
    ]);
    const others = [{ reference: 'Practitioner/1' }, { reference: 'urn:uuid:1' }, { display: 'someone' }];
    expect(errors(patient({ generalPractitioner: others }))).toEqual([]);
  });

  it('may fix a value, or a part of it', () => {
    const { errors } = check(
      profile('Patient', {
        'Patient.gender': { fixedCode: 'other' },
        'Patient.maritalStatus': { patternCodeableConcept: { coding: [{ system: 'urn:s', code: 'M' }] } },
      }),
    );
    const coding = [
      { system: 'urn:t', code: 'M' },
      { system: 'urn:s', code: 'M', display: 'married' },
    ];
    expect(errors(patient({ gender: 'other', maritalStatus: { coding, text: 'm' } }))).toEqual([]);
    expect(errors(patient({ gender: 'male', maritalStatus: { coding: coding.slice(0, 1) } }))).toEqual([
      'profile-fixed Patient.gender',
      'profile-pattern Patient.maritalStatus',
    ]);
  });

  it('may limit values and lengths', () => {
    const { errors } = check(
      profile('Patient', {
        'Patient.birthDate': { minValueDate: '1900-01-01', maxValueDate: '2000-12-31' },
        'Patient.language': { maxLength: 2 },
      }),
    );
    expect(errors(patient({ birthDate: '1899-12-31', language: 'en-US' }))).toEqual([
      'profile-max-length Patient.language',
      'profile-min-value Patient.birthDate',
    ]);
    expect(errors(patient({ birthDate: '2001-01-01' }))).toEqual(['profile-max-value Patient.birthDate']);
  });
});

describe('slices', () => {
  const kinds = (slicing: object) =>
    profile(
      'Patient',
      {
        'Patient.telecom': {
          slicing: { discriminator: [{ type: 'value', path: 'system' }], rules: 'open', ...slicing },
        },
      },
      {
        'Patient.telecom': [
          slice('Patient.telecom:phone', { sliceName: 'phone', min: 1, max: '1', type: [{ code: 'ContactPoint' }] }),
          slice('Patient.telecom:phone.system', { fixedCode: 'phone', min: 1, max: '1' }),
          slice('Patient.telecom:phone.value', { min: 1, max: '1' }),
          slice('Patient.telecom:email', { sliceName: 'email', min: 0, max: '*', type: [{ code: 'ContactPoint' }] }),
          slice('Patient.telecom:email.system', { fixedCode: 'email', min: 1, max: '1' }),
        ],
      },
    );
  const of = (...systems: readonly string[]) => patient({ telecom: systems.map((system) => ({ system, value: '1' })) });

  it('have their own cardinality and their own rules', () => {
    const { errors } = check(kinds({}));
    expect(errors(of('phone', 'fax', 'email', 'email'))).toEqual([]);
    expect(errors(of('email'))).toEqual(['profile-slice-min Patient']);
    expect(errors(of('phone', 'phone'))).toEqual(['profile-slice-max Patient.telecom[1]']);
    expect(errors(patient({ telecom: [{ system: 'phone' }] }))).toEqual(['profile-min Patient.telecom[0]']);
  });

  it('may be all there is', () => {
    expect(check(kinds({ rules: 'closed' })).errors(of('phone', 'fax'))).toEqual([
      'profile-slice-closed Patient.telecom[1]',
    ]);
  });

  it('may let others follow only', () => {
    const { errors } = check(kinds({ rules: 'openAtEnd' }));
    expect(errors(of('phone', 'email', 'fax'))).toEqual([]);
    expect(errors(of('phone', 'fax', 'email'))).toEqual(['profile-slice-closed Patient.telecom[1]']);
  });

  it('may have an order', () => {
    const { errors } = check(kinds({ ordered: true }));
    expect(errors(of('phone', 'fax', 'email'))).toEqual([]);
    expect(errors(of('email', 'phone'))).toEqual(['profile-slice-order Patient.telecom[1]']);
  });

  it('may be told apart by what exists', () => {
    const { errors } = check(
      profile(
        'Patient',
        { 'Patient.name': { slicing: { discriminator: [{ type: 'exists', path: 'period' }], rules: 'open' } } },
        {
          'Patient.name': [
            slice('Patient.name:dated', { sliceName: 'dated', min: 0, max: '1', type: [{ code: 'HumanName' }] }),
            slice('Patient.name:dated.period', { min: 1, max: '1' }),
          ],
        },
      ),
    );
    const dated = { family: 'A', period: { start: '2020' } };
    expect(errors(patient({ name: [dated, { family: 'B' }] }))).toEqual([]);
    expect(errors(patient({ name: [dated, dated] }))).toEqual(['profile-slice-max Patient.name[1]']);
  });

  it('may be told apart by type, also of a reference’s target', () => {
    const ofTypes = check(
      profile(
        'Observation',
        { 'Observation.value[x]': { slicing: { discriminator: [{ type: 'type', path: '$this' }], rules: 'closed' } } },
        {
          'Observation.value[x]': [
            slice('Observation.value[x]:valueString', {
              sliceName: 'valueString',
              min: 0,
              max: '1',
              type: [{ code: 'string' }],
            }),
          ],
        },
      ),
    );
    expect(ofTypes.errors(observation({ valueString: 'x' }))).toEqual([]);
    expect(ofTypes.errors(observation({ valueBoolean: true }))).toEqual(['profile-slice-closed Observation.value']);
    const type = [{ code: 'Reference', targetProfile: ['http://hl7.org/fhir/StructureDefinition/Organization'] }];
    const ofTargets = check(
      profile(
        'Observation',
        {
          'Observation.performer': { slicing: { discriminator: [{ type: 'type', path: 'resolve()' }], rules: 'open' } },
        },
        { 'Observation.performer': [slice('Observation.performer:lab', { sliceName: 'lab', min: 1, max: '1', type })] },
      ),
    );
    expect(
      ofTargets.errors(observation({ performer: [{ reference: 'Practitioner/1' }, { reference: 'Organization/1' }] })),
    ).toEqual([]);
    expect(ofTargets.errors(observation({ performer: [{ reference: 'Practitioner/1' }] }))).toEqual([
      'profile-slice-min Observation',
    ]);
  });

  it('that can’t be told apart here are left out, and noted', () => {
    const { errors, unchecked } = check(kinds({ discriminator: [{ type: 'profile', path: 'resolve()' }] }));
    expect(errors(of('fax'))).toEqual([]);
    expect(unchecked).toHaveLength(1);
  });
});

describe('invariants', () => {
  const ruled = (expression: string) =>
    check(
      profile('Patient', {
        Patient: { constraint: [{ key: 'test-1', severity: 'error', human: 'Test.', expression }] },
      }),
    );

  it('are found broken where they are false', () => {
    const { errors } = ruled("name.exists() implies name.family.matches('^[A-Z]')");
    expect(errors(patient({ name: [{ family: 'shaw' }] }))).toEqual(['test-1 Patient']);
    expect(errors(patient({ name: [{ family: 'Shaw' }] }))).toEqual([]);
  });

  it.each([
    "name.conformsTo('x')",
    'managingOrganization.resolve().name.exists()',
    "name.family.matches('(a+)+$')",
    'now() > birthDate',
    'name.(',
  ])('that can’t be evaluated are left out, and noted: %s', (expression) => {
    const { errors, unchecked } = ruled(expression);
    expect(
      errors(patient({ name: [{ family: 'a'.repeat(40) }], managingOrganization: { reference: 'Organization/1' } })),
    ).toEqual([]);
    expect(unchecked.join()).toContain('test-1');
  });
});
