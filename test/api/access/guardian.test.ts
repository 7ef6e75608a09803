/** Parents and other representatives: whose records are theirs, and until when. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Directory, findSubject } from '../../../src/auth/subject.ts';
import type { JsonObject } from '../../../src/fhir/resource-content.ts';
import { asSystem, type Claims } from '../../support/issuer.ts';
import { recordOf, startWorld, type World } from './world.ts';

let world: World;
const related = (id: string, patient: string, more: object = {}) => ({
  resourceType: 'RelatedPerson',
  id,
  patient: { reference: `Patient/${patient}` },
  relationship: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'MTH' }] }],
  ...more,
});
const person = (id: string, ...targets: string[]) => ({
  resourceType: 'Person',
  id,
  link: targets.map((reference) => ({ target: { reference } })),
});

beforeAll(async () => {
  const children = ['a', 'b', 'c'].flatMap((id) => recordOf(id));
  const others = [
    related('of-a', 'a'),
    related('of-b', 'b'),
    person('mother', 'RelatedPerson/of-a', 'RelatedPerson/of-b'),
  ];
  world = await startWorld([...children, ...others]);
});
afterAll(() => world.server.close());

const asGuardian = (scope: string, patient?: string): Claims => ({
  sub: 'mother',
  fhirUser: 'RelatedPerson/of-a',
  scope,
  ...(patient === undefined ? {} : { patient }),
});
const ids = (answer: { body: { entry?: { resource: { id: string } }[] } }) =>
  (answer.body.entry ?? []).map(({ resource }) => resource.id).sort();

describe('a parent', () => {
  it('sees with user/ scopes the records of all her children', async () => {
    const as = await world.as(asGuardian('user/*.cruds'));
    expect(ids(await as.get('Immunization'))).toEqual(['imm-a', 'imm-b']);
    expect((await as.get('Immunization?_count=0')).body.total).toBe(2);
    expect(ids(await as.get('Patient'))).toEqual(['a', 'b']);
  });

  it('sees with patient/ scopes the child in context', async () => {
    const as = await world.as(asGuardian('patient/*.rs', 'b'));
    expect(ids(await as.get('Immunization'))).toEqual(['imm-b']);
    expect((await (await world.as(asGuardian('patient/*.rs', 'c'))).get('Immunization')).status).toBe(403);
  });

  it('can’t make herself the parent of another child, whatever the scope', async () => {
    const as = await world.as(asGuardian('user/*.cruds patient/*.cruds', 'a'));
    const writes = [
      await as.post('RelatedPerson', related('x', 'a')),
      await as.put('RelatedPerson/of-a', related('of-a', 'c')),
      await as.patch('RelatedPerson/of-a', [{ op: 'replace', path: '/patient/reference', value: 'Patient/c' }]),
      await as.post('Person', person('x', 'RelatedPerson/of-a', 'RelatedPerson/rel-c', 'Patient/a')),
      await as.put('Person/mother', person('mother', 'RelatedPerson/of-a', 'RelatedPerson/rel-c')),
      await as.delete('Person/mother'),
    ];
    expect(writes.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403]);
    for (const { headers } of writes) expect(headers['www-authenticate']).toBeUndefined();
  });

  it('loses the right with the relation, within seconds and on the same token', async () => {
    const system = await world.as(asSystem());
    await system.put('RelatedPerson/short', related('short', 'c'));
    const as = await world.as({ ...asGuardian('user/*.rs'), fhirUser: 'RelatedPerson/short' });
    expect(ids(await as.get('Patient'))).toEqual(['c']);
    await system.put('RelatedPerson/short', related('short', 'c', { active: false }));
    while ((await as.get('Patient')).status !== 403) await new Promise((resolve) => setTimeout(resolve, 100));
  });
});

const YEAR = { id: 'child', birthDate: '2010-06-15' };
const AT_18 = Date.UTC(2028, 5, 15);

async function patientsAt(now: number, more: object, child: object = YEAR): Promise<readonly string[] | undefined> {
  const resources: Readonly<Record<string, JsonObject>> = {
    'RelatedPerson/r': related('r', 'child', more),
    'Patient/child': { resourceType: 'Patient', ...child },
  };
  const directory: Directory = {
    read: async ({ resourceType, id }) => resources[`${resourceType}/${id}`],
    personsLinking: async () => [],
  };
  const base = { fhirUser: 'RelatedPerson/r', baseUrl: 'http://localhost/fhir', now };
  const { subject } = await findSubject(directory, base);
  return subject?.kind === 'individual' ? subject.patients : undefined;
}

describe('the right of a representative (CMP-08)', () => {
  it('of a parent ends at the child’s majority, to the second', async () => {
    expect(await patientsAt(AT_18 - 1000, {})).toEqual(['child']);
    expect(await patientsAt(AT_18 + 1000, {})).toEqual([]);
  });

  it('ends and begins with its period', async () => {
    const period = { start: '2020-01-01', end: '2022-12-31' };
    const end = Date.UTC(2023, 0, 1);
    expect(await patientsAt(end - 1000, { period })).toEqual(['child']);
    expect(await patientsAt(end + 1000, { period })).toEqual([]);
    expect(await patientsAt(Date.UTC(2019, 11, 31), { period })).toEqual([]);
  });

  it('lasts where it was given for an adult, or is not a parent’s', async () => {
    expect(await patientsAt(AT_18 + 1e10, { period: { start: '2028-07-01' } })).toEqual(['child']);
    const spouse = { relationship: [{ coding: [{ code: 'SPS' }] }] };
    expect(await patientsAt(AT_18 + 1e10, spouse)).toEqual(['child']);
  });

  it('is none where its period can’t be read, or either of the two is inactive', async () => {
    expect(await patientsAt(AT_18 - 1e10, { period: { end: 'soon' } })).toEqual([]);
    expect(await patientsAt(AT_18 - 1e10, { period: { start: 7 } })).toEqual([]);
    expect(await patientsAt(AT_18 - 1e10, {}, { ...YEAR, active: false })).toEqual([]);
    expect(await patientsAt(AT_18 - 1e10, { active: false })).toBeUndefined();
  });

  it('is known not to change before the date by which it ends', async () => {
    const directory: Directory = {
      read: async ({ resourceType }) =>
        resourceType === 'Patient' ? { ...YEAR, resourceType } : { ...related('r', 'child') },
      personsLinking: async () => [],
    };
    const asked = { fhirUser: 'RelatedPerson/r', baseUrl: '', now: AT_18 - 1000 };
    expect((await findSubject(directory, asked)).until).toBe(AT_18);
  });
});
