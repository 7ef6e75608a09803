/** Small worlds of resources that refer to each other, and searches that lead through them. */
import fc from 'fast-check';

export type WorldResource = { readonly resourceType: string; readonly id: string } & Readonly<Record<string, unknown>>;

const BASE_URL = 'http://localhost/fhir';
const IDS = ['1', '2', '3', '4'] as const;
const NAMES = ['Ada', 'Ada Lovelace', 'Alan', 'Ödön', 'x'] as const;
const CODES = ['red', 'green'] as const;

const pick = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const some = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { maxLength: 2 });
const record = <T>(parts: { readonly [Name in keyof T]: fc.Arbitrary<T[Name]> }): fc.Arbitrary<Partial<T>> =>
  fc.record(parts, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;

const referenceTo = (...types: string[]): fc.Arbitrary<unknown> =>
  fc
    .tuple(pick(types), pick([...IDS, 'missing']))
    .chain(([type, id]) =>
      pick([
        `${type}/${id}`,
        `${type}/${id}`,
        `${type}/${id}/_history/1`,
        `${BASE_URL}/${type}/${id}`,
        `http://other.example.org/fhir/${type}/${id}`,
      ]).map((reference) => ({ reference })),
    );
const concept = pick(CODES).map((code) => ({ coding: [{ system: 'urn:colours', code }] }));
const text = pick(NAMES).map((name) => ({
  status: 'generated',
  div: `<div><p>About <b>${name}</b>,&#160;red</p></div>`,
}));

const CONTENTS: Readonly<Record<string, fc.Arbitrary<object>>> = {
  Patient: record({
    name: some(pick(NAMES).map((family) => ({ family }))),
    gender: pick(['male', 'female']),
    managingOrganization: referenceTo('Organization'),
    generalPractitioner: some(referenceTo('Practitioner', 'Organization')),
    link: some(referenceTo('Patient').map((other) => ({ other, type: 'seealso' }))),
    text,
  }),
  Organization: record({ name: pick(NAMES), partOf: referenceTo('Organization') }),
  Practitioner: record({ name: some(pick(NAMES).map((family) => ({ family }))), gender: pick(['male', 'female']) }),
  Group: record({ code: concept, member: some(referenceTo('Patient', 'Group').map((entity) => ({ entity }))) }),
  Observation: record({
    code: concept,
    subject: referenceTo('Patient', 'Group'),
    performer: some(referenceTo('Practitioner', 'Patient', 'Organization')),
    hasMember: some(referenceTo('Observation')),
  }),
  Provenance: record({ target: some(referenceTo('Observation', 'Patient')), activity: concept }),
  List: record({
    entry: some(
      fc
        .tuple(referenceTo('Patient', 'Observation'), pick([true, false, undefined]))
        .map(([item, deleted]) => ({ item, ...(deleted === undefined ? {} : { deleted }) })),
    ),
  }),
};

/** Up to four resources of each type. */
export const randomWorld: fc.Arbitrary<readonly WorldResource[]> = fc
  .tuple(
    ...Object.entries(CONTENTS).map(([resourceType, content]) =>
      fc
        .array(content, { minLength: 1, maxLength: IDS.length })
        .map((grown) => grown.map((one, at) => ({ ...one, resourceType, id: IDS[at] ?? '' }))),
    ),
  )
  .map((byType) => byType.flat());

interface Step {
  /** With the name of what follows put in place of `*`. */
  readonly name: string;
  readonly to: string;
}

const STEPS: Readonly<Record<string, readonly Step[]>> = {
  Patient: [
    { name: 'organization.*', to: 'Organization' },
    { name: 'general-practitioner.*', to: 'Practitioner' },
    { name: 'general-practitioner:Organization.*', to: 'Organization' },
    { name: 'link:Patient.*', to: 'Patient' },
    { name: '_has:Observation:patient:*', to: 'Observation' },
    { name: '_has:Observation:performer:*', to: 'Observation' },
    { name: '_has:Group:member:*', to: 'Group' },
    { name: '_has:Provenance:target:*', to: 'Provenance' },
  ],
  Organization: [
    { name: 'partof.*', to: 'Organization' },
    { name: '_has:Patient:organization:*', to: 'Patient' },
    { name: '_has:Organization:partof:*', to: 'Organization' },
  ],
  Practitioner: [{ name: '_has:Patient:general-practitioner:*', to: 'Patient' }],
  Group: [
    { name: 'member:Patient.*', to: 'Patient' },
    { name: '_has:Observation:subject:*', to: 'Observation' },
  ],
  Observation: [
    { name: 'patient.*', to: 'Patient' },
    { name: 'subject:Group.*', to: 'Group' },
    { name: 'performer.*', to: 'Practitioner' },
    { name: 'has-member:Observation.*', to: 'Observation' },
    { name: '_has:Provenance:target:*', to: 'Provenance' },
  ],
  Provenance: [
    { name: 'target:Observation.*', to: 'Observation' },
    { name: 'target:Patient.*', to: 'Patient' },
    { name: 'patient.*', to: 'Patient' },
  ],
};

const common: readonly (readonly [string, fc.Arbitrary<string>])[] = [
  ['_id', pick(['1', '2', '1,3', 'missing'])],
  ['_content', pick(['ada', 'red or lovelace', 'not odon', '"ada lovelace"', 'nothing'])],
  ['_lastUpdated', pick(['ge2000', 'lt2000'])],
];
const ENDS: Readonly<Record<string, readonly (readonly [string, fc.Arbitrary<string>])[]>> = {
  Patient: [
    ...common,
    ['name', pick(['a', 'ada,odon', 'x'])],
    ['family:exact', pick(NAMES)],
    ['gender', pick(['male', 'male,female'])],
    ['gender:not', pick(['male', 'male,female'])],
    ['organization:missing', pick(['true', 'false'])],
    ['_list', pick(['1', '1,2', 'missing'])],
    ['_text', pick(['about', 'ada and red'])],
  ],
  Organization: [...common, ['name', pick(['a', 'ada'])], ['partof', pick(['1', '2'])]],
  Practitioner: [...common, ['name', pick(['a', 'alan'])], ['gender:not', pick(['male'])]],
  Group: [...common, ['code', pick(['red', 'urn:colours|green'])]],
  Observation: [
    ...common,
    ['code', pick(['red', 'red,green'])],
    ['code:not', pick(['red'])],
    ['subject', pick(['Patient/1', 'Group/2', '3'])],
    ['_list', pick(['1', '2'])],
  ],
  Provenance: [...common, ['target', pick(['Observation/1', 'Patient/2'])]],
};

export const SEARCHED_TYPES = Object.keys(ENDS);

const end = (resourceType: string): fc.Arbitrary<readonly [string, string]> =>
  pick(ENDS[resourceType] ?? []).chain(([name, value]) => value.map((chosen) => [name, chosen] as const));

/** A parameter of the type that leads over this many references. */
function parameterOver(resourceType: string, links: number): fc.Arbitrary<readonly [name: string, value: string]> {
  const steps = STEPS[resourceType];
  if (links === 0 || !steps) return end(resourceType);
  return pick(steps).chain(({ name, to }) =>
    parameterOver(to, links - 1).map(([rest, value]) => [name.replace('*', rest), value] as const),
  );
}

/** One or two parameters, with up to three links each. */
export const randomSearch = (resourceType: string): fc.Arbitrary<readonly (readonly [string, string])[]> =>
  fc.array(
    fc.integer({ min: 0, max: 3 }).chain((links) => parameterOver(resourceType, links)),
    { minLength: 1, maxLength: 2 },
  );
